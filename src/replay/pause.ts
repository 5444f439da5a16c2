const shortestMs = 40;
const longestMs = 500;

/**
 * How long to wait before asking again, in milliseconds, after so many of them: a tenth, so that no answer is taken
 * much later than it came, and a long wait does not keep the one that is asked from working.
 */
export function pauseAfter(waitedMs: number): number {
  return Math.min(longestMs, Math.max(shortestMs, waitedMs / 10));
}
