import { checkQuarantineRepair } from '../../commands/quarantine/check-quarantine-repair.ts';
import { dropQuarantine } from '../../commands/quarantine/drop-quarantine.ts';
import { fixQuarantine } from '../../commands/quarantine/fix-quarantine.ts';
import { repairQuarantine } from '../../commands/quarantine/repair-quarantine.ts';
import { replayQuarantine } from '../../commands/quarantine/replay-quarantine.ts';
import { showQuarantine } from '../../commands/quarantine/show-quarantine.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { parseRepair } from '../../contracts/spec/spec-repairs.ts';
import type { RowPick } from '../../domain/contract/quarantine.ts';
import { parseWhole } from '../../domain/words/whole-number.ts';
import { commandFields, text, ticked, wholeOrNull } from '../form/fields.ts';
import { sentence } from '../form/sentence.ts';
import { action } from '../frame/action.ts';
import { page } from '../frame/page.ts';
import type { PageCall } from '../frame/page-call.ts';
import { render } from '../frame/render.ts';
import { QuarantineView } from './page.tsx';

const rowsShown = 50;
const where = { rule: text, line: wholeOrNull };

/** The rows that a contract set aside, and what may be done with them. */
export function quarantineRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/snapshots/{digest}/quarantine', async (call) => {
    const afterLine = parseWhole(call.query('after') ?? '') ?? 0;
    const pick = pickOf({ rule: call.query('rule') ?? '', line: null });
    const input = { digest: call.path('digest'), pick, afterLine, rowsMax: rowsShown };
    return render(QuarantineView({ call, shown: await showQuarantine(call.command, input, dependencies), pick }));
  });
  action(
    app,
    dependencies,
    '/snapshots/{digest}/quarantine/fix',
    { ...commandFields, ...where, column: text, value: text },
    async (call, { column, value, reason, key, ...pick }) => {
      const set = { [column]: value === '' ? null : value };
      const answer = await fixQuarantine(call.command, {
        digest: call.path('digest'),
        key,
        reason,
        set,
        pick: pickOf(pick),
      });
      return done(call, answer.text);
    },
  );
  action(
    app,
    dependencies,
    '/snapshots/{digest}/quarantine/repair',
    { ...commandFields, repair: text, only: ticked },
    async (call, { repair: given, only, reason, key }) => {
      const input = { digest: call.path('digest'), repair: parseRepair(given), at: null };
      if (only) {
        const checked = await checkQuarantineRepair(call.command, input, dependencies);
        return done(call, [checked.text, ...checked.notes].join('; '));
      }
      const { text: said, declaration, notes } = await repairQuarantine(call.command, { ...input, key, reason });
      return done(call, [said, ...notes, `write ${declaration} into the definition file`].join('; '));
    },
  );
  action(
    app,
    dependencies,
    '/snapshots/{digest}/quarantine/drop',
    { ...commandFields, ...where },
    async (call, { reason, key, ...pick }) => {
      const input = { digest: call.path('digest'), key, reason, pick: pickOf(pick) };
      return done(call, (await dropQuarantine(call.command, input, dependencies)).text);
    },
  );
  action(app, dependencies, '/snapshots/{digest}/quarantine/replay', commandFields, async (call, { reason, key }) => {
    const input = { digest: call.path('digest'), key, reason };
    return done(call, (await replayQuarantine(call.command, input, dependencies)).text);
  });
}

function done(call: PageCall, said: string) {
  const to = `/snapshots/${encodeURIComponent(call.path('digest'))}/quarantine`;
  return { to, notice: sentence({ text: said }) };
}

function pickOf({ rule, line }: { readonly rule: string; readonly line: number | null }): RowPick {
  return { ruleId: rule === '' ? null : rule, line };
}
