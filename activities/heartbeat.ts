import { AsyncLocalStorage } from 'node:async_hooks';
import { Context } from '@temporalio/activity';

const beatEveryMs = 2_000;

/** How far the activity of this call has come; said again with every beat, or a beat would wipe it out. */
const running = new AsyncLocalStorage<{ details: unknown }>();

/**
 * Runs an activity while it heartbeats, so that a lost worker is noticed within the heartbeat time-out and a
 * cancellation arrives. Every activity is wrapped in it (activities/index.ts); none beats by itself.
 */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  // A retry goes on saying how far the attempt before it had come, until it has something of its own to say.
  const progress = { details: context.info.heartbeatDetails as unknown };
  const timer = setInterval(() => context.heartbeat(progress.details), beatEveryMs);
  try {
    return await running.run(progress, work);
  } finally {
    clearInterval(timer);
  }
}

/** Says at once how far a long activity has come: it stands in the Temporal Web UI, and a retry can read it. */
export function tellProgress(details: unknown): void {
  const progress = running.getStore();
  if (progress !== undefined) progress.details = details;
  Context.current().heartbeat(details);
}
