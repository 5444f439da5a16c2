import { condition, isCancellation } from '@temporalio/workflow';
import { queueChecks } from './back-off.ts';
import { light } from './proxies.ts';

export interface WatchedQueue {
  readonly model: string;
  readonly runId: string;
  readonly taskQueue: string;
  /** The step of the model's owner that waits; absent for a fit. */
  readonly userStep?: string;
}

/** Waits for a worker of a queue, however long that takes, and tells when it finds that nobody serves it. */
export async function whileWatched<Result>(
  queue: WatchedQueue,
  work: Promise<Result>,
  tell: (isServed: boolean) => void,
): Promise<Result> {
  let isDone = false;
  const result = work.finally(() => {
    isDone = true;
  });
  const [answer] = await Promise.all([result, watch(queue, () => isDone, tell)]);
  return answer;
}

/** Asks ever more seldom, so that the history of a wait of months stays small; the work begins by itself. */
async function watch(queue: WatchedQueue, isDone: () => boolean, tell: (isServed: boolean) => void): Promise<void> {
  const { taskQueue, userStep } = queue;
  const summary = `${userStep ?? 'training'} under way; then: is ${taskQueue} served?`;
  for (const waitMs of queueChecks()) {
    if (await condition(isDone, waitMs, { summary })) return;
    const isServed = await askForQueue(queue);
    if (isServed !== null) tell(isServed);
  }
}

/** Null when it could not be found out: that is no reason to end what waits. */
async function askForQueue({ model, runId, taskQueue, userStep }: WatchedQueue): Promise<boolean | null> {
  try {
    const of = userStep === undefined ? {} : { userStep };
    return await light(`is ${taskQueue} served?`).checkQueue({ model, runId, taskQueue, ...of });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return null;
  }
}
