/** Bounds of the repetitions of one call. */
export interface Repetition {
  /** Sends in all, the first one included. */
  readonly attemptsMax: number;
  readonly firstWaitMsMax: number;
  readonly waitMsMax: number;
}

export const defaultRepetition: Repetition = { attemptsMax: 4, firstWaitMsMax: 200, waitMsMax: 5_000 };

/**
 * How long to wait before the next attempt: full jitter (a random share of a wait that doubles), so that clients that
 * failed together do not come back together. What the server asked for is never undercut.
 * Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function waitBefore(
  attempt: number,
  repetition: Repetition,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(repetition.waitMsMax, repetition.firstWaitMsMax * 2 ** (attempt - 1));
  return (retryAfterMs ?? 0) + random() * ceiling;
}

/** `Retry-After` in milliseconds: seconds, or a date. Undefined when it is absent or says nothing. */
export function retryAfterMs(header: string | null, nowMs: number = Date.now()): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
