import { light } from './proxies.ts';
import type { Watch } from './watch-queue.ts';

export interface WatchedQueue {
  readonly model: string;
  readonly runId: string;
  readonly taskQueue: string;
  /** The step of the model's owner that waits; absent for a fit. */
  readonly userStep?: string;
}

/** Asks whether a queue is served, and tells what it found. */
export function watchOfQueue(queue: WatchedQueue, tell: (isServed: boolean) => void): Watch {
  const { model, runId, taskQueue, userStep } = queue;
  return {
    summary: `${userStep ?? 'training'} under way; then: is ${taskQueue} served?`,
    look: async () => {
      const of = userStep === undefined ? {} : { userStep };
      tell(await light(`is ${taskQueue} served?`).checkQueue({ model, runId, taskQueue, ...of }));
    },
  };
}
