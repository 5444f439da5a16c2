import { Context } from '@temporalio/activity';

const beatEveryMs = 2_000;

/** Runs `work` while heartbeating, so that a lost worker is noticed within the heartbeat time-out. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), beatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
