import { condition, isCancellation } from '@temporalio/workflow';
import { queueChecks } from './back-off.ts';

/** What is asked again and again while a fit waits or goes on. */
export interface Watch {
  /** Of the timer, for whoever reads the history. */
  readonly summary: string;
  /** Asks how it stands, and tells. What fails is no reason to end a training. */
  readonly look: () => Promise<void>;
}

/** Waits for a worker of the declared queue, however long that takes, and says so when nobody serves it. */
export async function whileWatched<Result>(fit: Promise<Result>, watch: Watch): Promise<Result> {
  let isDone = false;
  const work = fit.finally(() => {
    isDone = true;
  });
  const [result] = await Promise.all([work, watchQueue(watch, () => isDone)]);
  return result;
}

/** Asks ever more seldom, so that the history of a wait of months stays small; the training begins by itself. */
async function watchQueue({ summary, look }: Watch, isDone: () => boolean): Promise<void> {
  for (const waitMs of queueChecks()) {
    if (await condition(isDone, waitMs, { summary: summary })) return;
    try {
      await look();
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }
}
