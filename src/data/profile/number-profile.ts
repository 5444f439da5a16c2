import type { NumberProfile } from '../../domain/training/snapshot-profile.ts';
import { percentile } from '../../statistics/samples/bootstrap.ts';

const shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
const histogramSteps = 24;
/** Tukey's outer fences: Exploratory Data Analysis (1977). */
const fenceRanges = 3;

type FromSample = Pick<NumberProfile, 'quantiles' | 'histogram'> & {
  /** Beyond which a value is an outlier; null where the quartiles are one value. */
  readonly fences: { readonly from: number; readonly to: number } | null;
};

/** What a sample of a number column says of its distribution; null without a value. */
export function fromSample(numbers: Float64Array): FromSample | null {
  const sorted = numbers.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return null;
  const at = (share: number): number => percentile(sorted, share);
  const [low, high] = [at(0.25), at(0.75)];
  const reach = fenceRanges * (high - low);
  const isSpread = reach > 0 && Number.isFinite(reach);
  return {
    quantiles: shares.map((share) => ({ share, value: at(share) })),
    histogram: histogramOf(sorted, at(0.01), at(0.99)),
    fences: isSpread ? { from: low - reach, to: high + reach } : null,
  };
}

function histogramOf(sorted: Float64Array, from: number, to: number): NumberProfile['histogram'] {
  // Of few whole numbers each has a step of its own: otherwise every other one would be empty.
  const isWhole = to - from < histogramSteps && sorted.every((value) => Number.isInteger(value));
  const steps = isWhole && Number.isInteger(to - from) ? to - from + 1 : histogramSteps;
  const step = (to - from) / steps;
  if (!(step > 0) || !Number.isFinite(step)) return null;
  const rows = new Array<number>(steps).fill(0);
  for (const value of sorted) {
    const place = Math.max(0, Math.min(steps - 1, Math.floor((value - from) / step)));
    rows[place] = (rows[place] ?? 0) + 1;
  }
  return { from, to, rows };
}
