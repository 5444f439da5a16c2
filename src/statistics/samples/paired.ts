import { studentTSf } from '../distributions/beta.ts';

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Unbiased; 0 for fewer than two values. */
  readonly variance: number;
}

/** Relative error <= 1e-13 (golden vectors). */
export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] ?? 0;
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += ((values[i] ?? 0) - mean) * ((values[i] ?? 0) - mean);
  return { count, mean, variance: count < 2 ? 0 : squares / (count - 1) };
}

/**
 * Means of consecutive blocks of `blockRows`; an incomplete last block is left out. Blocks much longer than the memory
 * of a stream are nearly independent where its rows are not, which the tests on them need. Exact (golden vectors).
 * Exact (golden vectors).
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

/** A mean, and how well it is known. */
export interface MeanEstimate {
  readonly mean: number;
  readonly standardError: number;
  /** Degrees of freedom of the standard error. */
  readonly df: number;
}

/**
 * Welch's test that the first mean is larger (unequal variances, Satterthwaite's df). Relative error <= 1e-14 (golden
 * vectors).
 */
export function welchGreater(first: MeanEstimate, second: MeanEstimate): Welch {
  const va = first.standardError * first.standardError;
  const vb = second.standardError * second.standardError;
  const gap = first.mean - second.mean;
  if (va + vb === 0)
    return { t: gap === 0 ? 0 : Math.sign(gap) * Infinity, df: first.df + second.df, pValue: gap > 0 ? 0 : 1 };
  const df = ((va + vb) * (va + vb)) / ((va * va) / first.df + (vb * vb) / second.df);
  const t = gap / Math.sqrt(va + vb);
  return { t, df, pValue: studentTSf(t, df) };
}
