import { incompleteBeta, studentTQuantile, studentTSf } from './beta.ts';
import { stirlingError, devianceTerm } from './gamma.ts';

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Unbiased; 0 for fewer than two values. */
  readonly variance: number;
}

export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] ?? 0;
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += ((values[i] ?? 0) - mean) * ((values[i] ?? 0) - mean);
  return { count, mean, variance: count < 2 ? 0 : squares / (count - 1) };
}

export interface MeanBounds {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly standardError: number;
}

/** One-sided Student bounds (each at `alpha`) of the mean of paired differences. Null for fewer than two rows. */
export function pairedTBounds(differences: ArrayLike<number>, alpha: number): MeanBounds | null {
  const { count, mean, variance } = momentsOf(differences);
  if (count < 2) return null;
  const standardError = Math.sqrt(variance / count);
  const reach = studentTQuantile(1 - alpha, count - 1) * standardError;
  return { estimate: mean, lower: mean - reach, upper: mean + reach, standardError };
}

/**
 * Means of consecutive blocks of `blockRows`; an incomplete last block is left out. Blocks much longer than the memory
 * of a stream are nearly independent where its rows are not, which the tests on them need.
 */
export function blockMeans(values: ArrayLike<number>, blockRows: number): Float64Array {
  const means = new Float64Array(Math.floor(values.length / blockRows));
  for (let block = 0; block < means.length; block++) {
    let sum = 0;
    for (let i = 0; i < blockRows; i++) sum += values[block * blockRows + i] ?? 0;
    means[block] = sum / blockRows;
  }
  return means;
}

export interface Welch {
  readonly t: number;
  readonly df: number;
  /** P(a difference this large in the direction first > second | none). */
  readonly pValue: number;
}

/**
 * Welch's test that the mean of `first` is larger (unequal variances, Satterthwaite's df). Null for fewer than two
 * values in either.
 */
export function welchGreater(first: ArrayLike<number>, second: ArrayLike<number>): Welch | null {
  const a = momentsOf(first);
  const b = momentsOf(second);
  if (a.count < 2 || b.count < 2) return null;
  const va = a.variance / a.count;
  const vb = b.variance / b.count;
  const gap = a.mean - b.mean;
  if (va + vb === 0)
    return { t: gap === 0 ? 0 : Math.sign(gap) * Infinity, df: a.count + b.count - 2, pValue: gap > 0 ? 0 : 1 };
  const df = ((va + vb) * (va + vb)) / ((va * va) / (a.count - 1) + (vb * vb) / (b.count - 1));
  const t = gap / Math.sqrt(va + vb);
  return { t, df, pValue: studentTSf(t, df) };
}

/**
 * McNemar's mid-p test, two-sided, from the discordant pairs (rows where only the first, or only the second, is right).
 * Fagerland, Lydersen and Laake (2013): the exact binomial tail minus half the probability of what was seen.
 */
export function mcnemarMidP(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  if (n === 0) return 1;
  const least = Math.min(onlyFirst, onlySecond);
  if (onlyFirst === onlySecond) return 1 - 0.5 * halfBinomial(least, n);
  const tail = incompleteBeta(n - least, least + 1, 0.5).lower;
  return Math.min(1, 2 * tail - halfBinomial(least, n));
}

/** P(X = k) for X binomial(n, 1/2), in Loader's form. */
function halfBinomial(k: number, n: number): number {
  if (k === 0 || k === n) return Math.exp(-n * Math.LN2);
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - devianceTerm(k, n / 2) - devianceTerm(n - k, n / 2);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}
