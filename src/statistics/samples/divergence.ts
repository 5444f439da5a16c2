import { total } from './chi-square.ts';

export interface JensenShannon {
  /** Square root of the divergence in nats, 0..sqrt(ln 2) = 0.8326. */
  readonly distance: number;
  /** What two samples of these sizes show without any difference: sqrt((k-1)/8 * (1/n + 1/m)), k cells in use. */
  readonly floor: number;
  /** sqrt(max(0, distance^2 - floor^2)): the divergence adds, the distance does not. */
  readonly aboveFloor: number;
}

/**
 * Jensen-Shannon distance of two count vectors (Lin 1991) with its sampling floor; the floor matched simulated means
 * within 3 %. Without it 50 categories in a 500-row window "drift" 94 % of the time. Relative error <= 1e-11 (golden
 * vectors).
 */
export function jensenShannon(first: ArrayLike<number>, second: ArrayLike<number>): JensenShannon {
  const summed = overShares(first, second, (p, q) => {
    const middle = (p + q) / 2;
    return 0.5 * middle * entropyGap((p - q) / (2 * middle));
  });
  const floorSquared = summed.noise / 8;
  return {
    distance: Math.sqrt(Math.max(0, summed.sum)),
    floor: Math.sqrt(floorSquared),
    aboveFloor: Math.sqrt(Math.max(0, summed.sum - floorSquared)),
  };
}

/** (1 + u) ln(1 + u) + (1 - u) ln(1 - u), |u| <= 1: by its series where the two sides would cancel. */
function entropyGap(u: number): number {
  if (Math.abs(u) === 1) return 2 * Math.LN2;
  if (Math.abs(u) > 0.1) return (1 + u) * Math.log1p(u) + (1 - u) * Math.log1p(-u);
  let sum = 0;
  for (let k = 9; k >= 1; k--) sum = u * u * (sum + 1 / (k * (2 * k - 1)));
  return sum;
}

/**
 * How far two count vectors differ, in standard deviations and above what sampling gives: the root of sum (p - q)^2 /
 * ((p + q) / 2), Cohen's w against the middle of the two (Statistical Power Analysis, 1988, ch. 7), 0..2. A normal
 * feature that moves by a small d standard deviations shows d, less what its bins lose (3 % at 20 of them); it does
 * not depend on sample sizes. `designEffect` is how much wider shares spread than those of independent rows. Relative
 * error <= 1e-12 (golden vectors).
 */
export function standardShift(first: ArrayLike<number>, second: ArrayLike<number>, designEffect: number): number {
  const { sum, noise } = overShares(first, second, (p, q) => (2 * (p - q) ** 2) / (p + q));
  return Math.sqrt(Math.max(0, sum - designEffect * noise));
}

/** Sums over the cells in use; `noise` is (k - 1) (1 / n + 1 / m), k cells in use. Both are 0 for an empty sample. */
function overShares(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  ofCell: (p: number, q: number) => number,
): { readonly sum: number; readonly noise: number } {
  const n = total(first);
  const m = total(second);
  if (n === 0 || m === 0) return { sum: 0, noise: 0 };
  let [sum, used] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    const p = (first[i] ?? 0) / n;
    const q = (second[i] ?? 0) / m;
    if (p + q === 0) continue;
    used++;
    sum += ofCell(p, q);
  }
  return { sum, noise: Math.max(0, used - 1) * (1 / n + 1 / m) };
}
