/** A stretch of time, epoch milliseconds. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Length of the union of `intervals` inside `within`: what two of them share counts once. */
export function coveredMs(intervals: readonly Interval[], within: Interval): number {
  const sorted = intervals
    .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, within.fromMs), toMs: Math.min(toMs, within.toMs) }))
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  let covered = 0;
  let endMs = within.fromMs;
  for (const { fromMs, toMs } of sorted) {
    covered += Math.max(0, toMs - Math.max(fromMs, endMs));
    endMs = Math.max(endMs, toMs);
  }
  return covered;
}
