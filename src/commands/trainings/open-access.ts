import { authorise } from '../../access/principal.ts';
import { openTrainingAccess } from '../../access/training-access.ts';
import { findFit } from '../../db/trainers/fits.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { coveredRun } from '../control/run-steps.ts';

/**
 * Lets a worker at the files of one training, for an hour. Asked again while the training lives, it gives another
 * one. Throws `not_found` for a run of a model outside the scope, as for one that does not exist, and `conflict` for
 * one that shares no files.
 */
export async function openAccess(
  context: CommandContext,
  { runId }: { readonly runId: string },
): Promise<{ token: string; expiresAt: string }> {
  const { principal, database } = context;
  const run = await coveredRun(context, runId);
  authorise(principal, 'training:work', run.model);
  const found = await findFit(database.db, run.runId);
  if (found === null || !found.isRunning)
    throw new PerennialError('conflict', `${run.runId} shares no files: it has ended, or is fitted by nobody else.`, {
      path: 'id',
      hint: 'Ask for the training that the task of the queue names.',
    });
  const { token, expiresAt } = await openTrainingAccess(database, { runId: run.runId, tokenId: principal.tokenId });
  return { token, expiresAt: expiresAt.toISOString() };
}
