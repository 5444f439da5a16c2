import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { WorkerList, WorkerRequest } from '../../contracts/http/trainers/trainings.ts';
import { fitsUnderWay, type FitRow } from '../../db/trainers/fits.ts';
import {
  goneAfterSeconds,
  noteWorker,
  workersMax,
  workersOfTokenMax,
  workersThere,
  type WorkerRow,
} from '../../db/trainers/workers.ts';
import { sayWaiting } from '../../domain/training/workers/say-waiting.ts';
import { trainerQueuesOf } from '../../domain/training/workers/trainer-queue.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { parseRunId } from '../../domain/words/run-id.ts';
import type { CommandContext } from '../base/context.ts';

/** A worker says that it is there, what it can, and what it does. Throws `overloaded` when there are too many. */
export async function noteTrainerWorker(
  { principal, database }: CommandContext,
  said: WorkerRequest,
): Promise<{ goneAfterSeconds: number; queues: string[] }> {
  authorise(principal, 'training:work', null);
  const { slots = Math.max(1, said.gpus.length), ...rest } = said;
  // What a token may not fetch, it does not fit either.
  const running = (said.running ?? []).filter((runId) => isCovered(principal.scope, runId));
  const noted = await noteWorker(database, { ...rest, slots, running, tokenId: principal.tokenId });
  if (noted !== 'noted')
    throw new PerennialError('overloaded', `There are ${full[noted]}, which is as many as may be.`, {
      hint: 'End workers that are not needed, or ask again once some have been silent for a minute.',
    });
  return { goneAfterSeconds, queues: [...trainerQueuesOf(said)] };
}

const full = {
  full: `${workersMax} workers of trainings`,
  'full for the token': `${workersOfTokenMax} workers of trainings with this token`,
} as const;

function isCovered(scope: string, runId: string): boolean {
  return isInScope(scope, parseRunId(runId)?.model ?? '');
}

/** Workers of fits that are there, and trainings that wait for one or are with one, as far as the scope covers them. */
export async function trainerWorkers({ principal, database }: CommandContext): Promise<WorkerList> {
  authorise(principal, 'read', null);
  const workers = await workersThere(database.db);
  const fits = await fitsUnderWay(database.db);
  return {
    workers: workers.map((row) => workerView(row, principal.scope)),
    fits: fits.filter(({ model }) => isInScope(principal.scope, model)).map((fit) => fitView(fit, workers)),
  };
}

function workerView(row: WorkerRow, scope: string): WorkerList['workers'][number] {
  const { tokenId: _, since, seenAt, running, gpus, ...rest } = row;
  return {
    ...rest,
    gpus: [...gpus],
    since: since.toISOString(),
    seenAt: seenAt.toISOString(),
    running: running.filter((runId) => isCovered(scope, runId)),
    busy: running.length,
  };
}

function fitView(fit: FitRow, workers: readonly WorkerRow[]): WorkerList['fits'][number] {
  const { runId, model, queue, trainer, tag, memoryGb, askedAt } = fit;
  const holder = workers.find((worker) => worker.queue === queue && worker.running.includes(runId));
  const asked = { runId, queue, trainer, ...(tag === null ? {} : { tag }), ...(memoryGb === null ? {} : { memoryGb }) };
  return {
    runId,
    model,
    queue,
    trainer,
    tag,
    memoryGb,
    since: askedAt.toISOString(),
    worker: holder?.name ?? null,
    text: holder === undefined ? sayWaiting(asked, workers) : `is fitted by ${holder.name}`,
  };
}
