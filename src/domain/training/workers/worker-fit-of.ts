import type { ModelSpec } from '../../spec/spec.ts';
import { isExternal, isSearch, isTrainable } from '../../spec/trainer-spec.ts';
import { taskQueues } from '../../words/ids.ts';
import type { WorkerFit } from './fit-external.ts';
import { trainerQueueOf } from './trainer-queue.ts';

/** Where the fit of a definition is sent, and what for where a worker of somebody else does it. */
export interface FitRoute {
  readonly taskQueue: string;
  readonly worker?: WorkerFit;
  /** Trials choose what is fitted there. */
  readonly search?: true;
}

/** The CPUs, unless the trainer asks for a GPU of ours, or for a worker that is not ours. */
export function fitRouteOf({ trainer }: Pick<ModelSpec, 'trainer'>): FitRoute {
  if (trainer.kind === 'worker') {
    const { queue, trainer: name, tag, memoryGb, timeMsMax, refit } = trainer;
    const needs = { ...(tag === undefined ? {} : { tag }), ...(memoryGb === undefined ? {} : { memoryGb }) };
    return {
      taskQueue: trainerQueueOf(queue, needs),
      worker: { queue, trainer: name, ...needs, timeMsMax, refit },
    };
  }
  const gpu = isTrainable(trainer) && !isExternal(trainer) ? trainer.gpu : undefined;
  const taskQueue = gpu === undefined ? taskQueues.cpu : taskQueues.gpu(gpu.tag);
  return isSearch(trainer) ? { taskQueue, search: true } : { taskQueue };
}
