import { incompleteBeta } from '../../src/statistics/beta.ts';

/** A share that was counted, with its exact interval. */
export interface Share {
  readonly share: number;
  readonly n: number;
  /** Clopper and Pearson (Biometrika 26, 1934), 99 % two-sided. */
  readonly low: number;
  readonly high: number;
}

const tail = 0.005;
const halvings = 60;

export function shareOf(count: number, n: number): Share {
  return {
    share: count / n,
    n,
    low: count === 0 ? 0 : solve((p) => incompleteBeta(count, n - count + 1, p).lower - tail),
    high: count === n ? 1 : solve((p) => tail - incompleteBeta(count + 1, n - count, p).upper),
  };
}

/** Where an increasing function of a share is 0. */
function solve(of: (share: number) => number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (of(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function sayShare({ share, low, high, n }: Share): string {
  const percent = (value: number): string => (value * 100).toFixed(1);
  return `${percent(share)} % [${percent(low)}, ${percent(high)}] of ${n}`;
}
