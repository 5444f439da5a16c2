/** Pauses in milliseconds: the first, then always twice as long, up to the longest; without end. */
export function* backOff(firstMs: number, longestMs: number): Generator<number, never> {
  for (let waitMs = firstMs; ; waitMs = Math.min(longestMs, waitMs * 2)) yield waitMs;
}

/** Whether a queue is served: the first question, and the longest time between two, since it may not be for weeks. */
export const queueChecks = (): Generator<number, never> => backOff(20_000, 3_600_000);
