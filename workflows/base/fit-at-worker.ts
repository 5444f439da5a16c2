import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { TrainInput } from '../../src/domain/record/runs.ts';
import { externalStages } from '../../src/domain/training/external.ts';
import {
  fitAnswerCharsMax,
  type FitExternalAnswer,
  type MadeStage,
  type WorkerFit,
} from '../../src/domain/training/workers/fit-external.ts';
import { fittingElsewhere, light, training } from './proxies.ts';
import { tellTraining } from './tell-training.ts';
import { whileWatched } from './watch-queue.ts';

/**
 * A fit by a worker that shares no disk: its files are shared by digest, the worker of the queue fetches them and
 * uploads what it made, and that is taken into a folder as every fit leaves one. Gives the name of that folder.
 */
export async function fitAtWorker(
  input: TrainInput,
  worker: WorkerFit,
  prepared: string,
): Promise<{ readonly folder: string }> {
  const { model, runId, number } = input;
  const made: MadeStage[] = [];
  for (const stage of externalStages.slice(0, worker.refit ? 2 : 1)) {
    const share = { model, runId, number, prepared, stage, worker, made };
    const { task } = await training(`files for the worker (${stage})`).shareTraining(share);
    tellTraining(input, `waits for a worker of \`${input.taskQueue}\``);
    const fit = fittingElsewhere(`fit elsewhere (${stage})`, input.taskQueue, worker.timeMsMax).fitExternal(task);
    made.push({ stage, answer: bounded(await whileWatched(fit, watchOf(input))) });
  }
  return training('what the worker made').takeMade({ model, runId, number, prepared, made });
}

/** What is too large would end the run by the limits of Temporal, without a word, when it is handed on. */
function bounded(answer: FitExternalAnswer): FitExternalAnswer {
  const chars = JSON.stringify(answer ?? null).length;
  if (chars <= fitAnswerCharsMax) return answer;
  throw ApplicationFailure.nonRetryable(
    `The worker answered with ${chars} characters of JSON, where ${fitAnswerCharsMax} are allowed.`,
    'invalid_data',
  );
}

/** Nobody reaches the files of the training any more. What fails here, retention makes up for. */
export async function endSharing({ worker, model, runId }: TrainInput): Promise<void> {
  if (worker === undefined) return;
  try {
    await CancellationScope.nonCancellable(() => light('end of the shared files').endSharing({ model, runId }));
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

function watchOf(input: TrainInput): { readonly summary: string; readonly look: () => Promise<void> } {
  const { model, runId, taskQueue } = input;
  return {
    summary: `a worker fits it; then: who is there for ${taskQueue}?`,
    look: async () => {
      const { text } = await light(`who is there for ${taskQueue}?`).checkWorkers({ model, runId });
      tellTraining(input, text);
    },
  };
}
