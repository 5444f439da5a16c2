import { createHash } from 'node:crypto';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { editsOf, lockHistory, putEdits } from '../../db/models/quarantine.ts';
import { readSpecRevision } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { quarantineMax, sayPick, type CellEdit, type RowPick } from '../../domain/contract/quarantine.ts';
import { ownRowsOf } from '../../domain/spec/columns/pins.ts';
import { columnsOf } from '../../domain/spec/columns/columns-of.ts';
import { listNames, nearestColumn } from '../../domain/words/nearest-name.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { historyQuarantineOf } from './quarantine-of.ts';

export interface FixInput {
  readonly digest: string;
  readonly key: string | null;
  readonly reason: string;
  readonly pick: RowPick;
  /** The new text of each of these cells; null empties one. */
  readonly set: Readonly<Record<string, string | null>>;
}

/**
 * Writes cells of quarantined rows anew. The file of the quarantine stays as it is: the edit is kept beside it and
 * takes effect when the rows are shown or replayed. The values stand in no audit: they may be personal.
 */
export async function fixQuarantine(context: CommandContext, input: FixInput): Promise<CommandAnswer> {
  const { digest, model, specRevision } = await historyQuarantineOf(context, input.digest);
  const { spec } = await readSpecRevision(context.database.db, model, specRevision);
  const { pick } = input;
  if (pick.ruleId === null && pick.line === null)
    throw new PerennialError('invalid_request', 'An edit names a rule or a line whose rows it changes.', {
      path: 'where',
      hint: 'Name one, such as amount.range or line 12.',
    });
  const edits = Object.entries(input.set).map(([column, value]): CellEdit => ({ pick, column, value }));
  for (const { column } of edits) refuseUnknown(columnsOf(ownRowsOf(spec)), column);
  const columns = edits.map(({ column }) => column);
  const valuesDigest = createHash('sha256').update(canonicalJson(input.set)).digest('hex');
  return runCommand(
    context,
    { model, key: input.key, reason: input.reason },
    {
      kind: 'fix-quarantine',
      permission: 'operate',
      body: { digest, rule: pick.ruleId, line: pick.line, columns, valuesDigest },
      perform: async (commandId) => {
        const actor = actorOf(context);
        await withTransaction(context.database, (tx) =>
          performOnce(tx, { commandId, model }, async () => {
            // Behind whoever replays just now: these edits are not among what it took.
            await lockHistory(tx, model);
            refuseMany((await editsOf(tx, digest)).length + edits.length);
            await putEdits(tx, { snapshot: digest, actor }, edits);
            await appendAudit(tx, {
              type: 'perennial.quarantine.fixed',
              model,
              subject: { of: 'snapshot', id: digest },
              actor,
              tokenId: context.principal.tokenId,
              reason: input.reason,
              data: { digest, rule: pick.ruleId, line: pick.line, columns },
            });
            return {};
          }),
        );
        return { text: `${columns.join(', ')} of ${sayPick(pick)} is edited; replay it`, link: null };
      },
    },
  );
}

function refuseUnknown(columns: readonly string[], column: string): void {
  if (columns.includes(column)) return;
  const near = nearestColumn(column, columns);
  throw new PerennialError('invalid_request', `The source of the definition has no column ${JSON.stringify(column)}.`, {
    path: 'set',
    hint: near === null ? `It has ${listNames(columns)}.` : `Did you mean ${near}?`,
  });
}

function refuseMany(count: number): void {
  if (count <= quarantineMax.edits) return;
  throw new PerennialError('conflict', `A quarantine keeps at most ${quarantineMax.edits} edits.`, {
    path: 'set',
    hint: 'Mend the source and let it be read again, or edit by rule and not by line.',
  });
}
