import { fisherSf, studentTSf } from '../../../statistics/distributions/beta.ts';
import type { ColumnSummary } from '../../training/snapshot.ts';

/** What samples show by chance more often than this, of a column that has not changed, breaks no rule. */
export const chanceMin = 0.001;

/** What is known of one sample: its values, their mean and their standard deviation. */
interface Sample {
  readonly values: number;
  /** Sum of squared distances from its mean. */
  readonly squares: number;
}

/** A profile divides by the number of values. Without a spread of its own, a sample says nothing of it. */
function sampleOf({ rows, missing, deviation }: ColumnSummary): Sample {
  const values = rows - missing;
  return deviation === undefined ? { values, squares: Number.NaN } : { values, squares: values * deviation ** 2 };
}

/**
 * How often two samples of one column have means at least this far apart, by chance: Student's two-sided t by the
 * spread of both. 0 to 1; exact for normal values, and too small for few values of a skewed column. 1 where there are
 * too few to say.
 */
export function chanceOfMeans(now: ColumnSummary, before: ColumnSummary, shift: number): number {
  const [one, other] = [sampleOf(now), sampleOf(before)];
  // Of a batch that kept no spread, that of before stands for both.
  const counted = Number.isNaN(one.squares) ? [other] : [one, other];
  const free = counted.reduce((sum, { values }) => sum + values - 1, 0);
  const squares = counted.reduce((sum, sample) => sum + sample.squares, 0);
  if (one.values < 1 || other.values < 1 || free < 1) return 1;
  const error = Math.sqrt((squares / free) * (1 / one.values + 1 / other.values));
  return error === 0 ? Number(shift === 0) : Math.min(1, 2 * studentTSf(Math.abs(shift) / error, free));
}

/**
 * How often two samples of one column have spreads at least so different, by chance: Fisher's two-sided F. 0 to 1;
 * exact for normal values, and too small for those with heavy tails. Of a sample whose values are all equal it is how
 * often that may happen in the other one, at most. 1 for a sample of one value, which has no spread.
 */
export function chanceOfSpreads(now: ColumnSummary, before: ColumnSummary): number {
  const [one, other] = [sampleOf(now), sampleOf(before)];
  if (!(one.values >= 2 && other.values >= 2)) return 1;
  if (one.squares === 0 || other.squares === 0)
    return one.squares === other.squares
      ? 1
      : one.squares === 0
        ? chanceOfEquals(one.values, before)
        : chanceOfEquals(other.values, now);
  const ratio = (sample: Sample) => sample.squares / (sample.values - 1);
  const factor = ratio(one) / ratio(other);
  const above = fisherSf(factor, one.values - 1, other.values - 1);
  const below = fisherSf(1 / factor, other.values - 1, one.values - 1);
  return Math.min(1, 2 * Math.min(above, below));
}

/** How many different values there are at least, of so many as a profile has counted: it is off by some 2 %. */
const distinctMin = 0.9;

/**
 * At most: so many values are all the same one, as the values of the other sample are spread. No value is more frequent
 * than the fullest step of its histogram, nor than all but one row of each other value.
 */
function chanceOfEquals(values: number, { rows, missing, distinct, histogram }: ColumnSummary): number {
  const counts = histogram?.rows ?? [1];
  const fullest = Math.max(...counts) / counts.reduce((sum, count) => sum + count, 0);
  const spared = 1 - (distinctMin * distinct - 1) / (rows - missing);
  return Math.max(0, Math.min(fullest, spared)) ** (values - 1);
}
