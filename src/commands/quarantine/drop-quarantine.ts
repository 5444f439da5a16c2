import type { RowsDecided } from '../../contracts/http/data/quarantine.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { decideRows, lockHistory } from '../../db/models/quarantine.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { quarantineMax, sayPick, type RowPick } from '../../domain/contract/quarantine.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { withDatasets, type DatasetPlace } from '../snapshots/dataset-work.ts';
import { historyQuarantineOf, openRows } from './quarantine-of.ts';

export interface DropInput {
  readonly digest: string;
  readonly key: string | null;
  readonly reason: string;
  /** Null members mean every row. */
  readonly pick: RowPick;
}

/** Decides that rows will never be learnt from: they stay in their file and are open no more. */
export async function dropQuarantine(
  context: CommandContext,
  input: DropInput,
  place: DatasetPlace,
): Promise<RowsDecided> {
  const found = await historyQuarantineOf(context, input.digest);
  const { digest, model } = found;
  const { pick } = input;
  return runCommand<{ rows: number }>(
    context,
    { model, key: input.key, reason: input.reason },
    {
      kind: 'drop-quarantine',
      permission: 'operate',
      body: { digest, rule: pick.ruleId, line: pick.line },
      perform: async (commandId) => {
        const actor = actorOf(context);
        const { db } = context.database;
        const open = await withDatasets(place, ({ store }) => openRows({ db, store }, found, pick));
        const lines = open.map(({ line }) => line);
        const done = await withTransaction(context.database, (tx) =>
          performOnce(tx, { commandId, model }, async () => {
            await lockHistory(tx, model);
            const decision = { snapshot: digest, decision: 'dropped', replayedInto: null, actor } as const;
            const rows = await decideRows(tx, decision, lines);
            await appendAudit(tx, {
              type: 'perennial.quarantine.dropped',
              model,
              subject: { of: 'snapshot', id: digest },
              actor,
              tokenId: context.principal.tokenId,
              reason: input.reason,
              data: { digest, rule: pick.ruleId, line: pick.line, rows },
            });
            return { rows };
          }),
        );
        const rows = done?.rows ?? 0;
        const which = sayPick(pick) === '' ? '' : ` of ${sayPick(pick)}`;
        const more = lines.length === quarantineMax.rowsPerCommand ? '; drop again for the rest' : '';
        return { text: `${sayMany(rows, 'row')}${which} dropped${more}`, link: null, rows };
      },
    },
  );
}
