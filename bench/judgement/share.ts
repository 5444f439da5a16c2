import { shareLower, shareUpper } from '../../src/statistics/distributions/clopper-pearson.ts';

/** A share that was counted, with its exact interval. */
export interface Share {
  readonly share: number;
  readonly n: number;
  /** 99 % two-sided. */
  readonly low: number;
  readonly high: number;
  /** One-sided, 99.9 %. */
  readonly upper: number;
}

const tail = 0.005;
const upperTail = 0.001;

export function shareOf(count: number, n: number): Share {
  return {
    share: count / n,
    n,
    low: shareLower(count, n, tail),
    high: shareUpper(count, n, tail),
    upper: shareUpper(count, n, upperTail),
  };
}

export function sayMeasured({ share, low, high, n }: Share): string {
  const percent = (value: number): string => (value * 100).toFixed(1);
  return `${percent(share)} % [${percent(low)}, ${percent(high)}] of ${n}`;
}
