import type { z } from 'zod';
import { authorise } from '../../access/principal.ts';
import type { trialList } from '../../contracts/http/trials.ts';
import { trialsOfRun } from '../../db/trainers/trials.ts';
import { versionOfRun } from '../../db/models/versions.ts';
import type { CommandContext } from '../base/context.ts';
import { coveredRun } from '../control/run-steps.ts';

/** The trials of a training, in the order of their numbers; none where it searches nothing. */
export async function listTrials(
  context: CommandContext,
  { runId }: { readonly runId: string },
): Promise<z.infer<typeof trialList>> {
  const { model } = await coveredRun(context, runId);
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  const rows = await trialsOfRun(db, model, runId);
  const { search, ensemble } = (await versionOfRun(db, runId))?.report ?? {};
  const chosen = search?.chosen ?? null;
  const members = ensemble?.isTaken === true ? ensemble.members : [];
  const last = rows.reduce((rung, row) => Math.max(rung, row.rung), 0);
  const trials = rows.map(({ runId: _run, model: _model, doneAt, ...row }) => ({
    ...row,
    doneAt: doneAt.toISOString(),
    isChosen: row.number === chosen,
    weight: row.rung === last ? (members.find(({ number }) => number === row.number)?.weight ?? null) : null,
  }));
  return { runId, model, trials };
}
