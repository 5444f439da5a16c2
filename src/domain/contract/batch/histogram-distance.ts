import { chanceMin } from './chance-moves.ts';

/** Counts in equal steps from `from` to `to`; what lies beyond is in the first and last. */
export interface StepCounts {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly number[];
}

/**
 * The least Kolmogorov–Smirnov distance (0..1) that two samples can have of which only steps are known: at each edge of
 * one, its share below is known and that of the other lies between two edges. Exact at common edges; never more than
 * the distance of the samples themselves. 0 where one is empty.
 */
export function leastKolmogorovDistance(first: StepCounts, second: StepCounts): number {
  return Math.max(gapAtEdges(first, second), gapAtEdges(second, first));
}

function gapAtEdges(known: StepCounts, other: StepCounts): number {
  const total = known.rows.reduce((sum, rows) => sum + rows, 0);
  let [below, gap] = [0, 0];
  if (total === 0) return 0;
  // The last edge is none: what lies beyond it is in the last step.
  for (let step = 0; step + 1 < known.rows.length; step++) {
    below += known.rows[step] ?? 0;
    const edge = known.from + ((known.to - known.from) * (step + 1)) / known.rows.length;
    const bounds = shareBelow(other, edge);
    if (bounds !== null) gap = Math.max(gap, bounds.least - below / total, below / total - bounds.most);
  }
  return gap;
}

/** Between what the share below a value lies; null of an empty sample. */
function shareBelow({ from, to, rows }: StepCounts, value: number): { least: number; most: number } | null {
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const at = ((value - from) / (to - from)) * rows.length;
  // An edge that is met but for rounding is met.
  const near = Math.abs(at - Math.round(at)) < 1e-9 ? Math.round(at) : at;
  const through = (steps: number): number =>
    rows.slice(0, Math.max(0, steps)).reduce((sum, count) => sum + count, 0) / total;
  // Outside of the first and the last inner edge nothing is known but what that edge says.
  const least = near < 1 ? 0 : through(Math.min(rows.length - 1, Math.floor(near)));
  const most = near > rows.length - 1 ? 1 : through(Math.max(1, Math.ceil(near)));
  return { least, most };
}

/** What two samples of these sizes exceed by chance as often as `chanceMin` (Smirnov 1948, asymptotic). */
export function kolmogorovNoise(first: number, second: number): number {
  return Math.sqrt((-Math.log(chanceMin / 2) / 2) * (1 / first + 1 / second));
}
