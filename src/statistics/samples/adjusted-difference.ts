import type { CoMoments } from './co-moments.ts';

/** Fewer units in either sample say too little of how y goes with x: then x is not used. */
const adjustedFrom = 30;
/**
 * So many values more are counted as seen, as far away as they may lie: with fewer, a sample of zeros and ones that has
 * no, one or two ones has a narrower bound than that of Clopper and Pearson at 2.5 %.
 */
export const unseen = 5;

export interface AdjustedDifference {
  /** Mean y of the first sample less that of the second, as if both had the same mean x. */
  readonly difference: number;
  readonly standardError: number;
  /** Degrees of freedom of the standard error (Satterthwaite). */
  readonly df: number;
  /** Share of the variance of the plain difference that x took away, 0..1. */
  readonly cut: number;
}

/**
 * The difference of two means of y, with x taken out by one slope: the slope that makes the variance of this difference
 * least (Lu and Liu, arXiv 2210.00261; with equal samples that of CUPED, Deng and others 2013). x must not depend on
 * which sample a unit is in. `span` is how far apart two values of y may lie: `unseen` values more count as that far
 * from the mean, so that a sample in which nothing rare has come yet is not taken for one in which nothing can. Fewer
 * than 2 units in a sample have an infinite error. Relative error <= 1e-13 (golden vectors).
 */
export function adjustedDifference(a: CoMoments, b: CoMoments, span: number): AdjustedDifference {
  if (a.count < 2 || b.count < 2) return { difference: 0, standardError: Infinity, df: 1, cut: 0 };
  const slope = slopeOf(a, b);
  const parts = [a, b].map((of) => varianceOfMean(of, slope, span));
  const plain = [a, b].reduce((sum, of) => sum + varianceOfMean(of, 0, 0), 0);
  const left = [a, b].reduce((sum, of) => sum + varianceOfMean(of, slope, 0), 0);
  const sum = parts.reduce((all, part) => all + part, 0);
  const [ofA = 0, ofB = 0] = parts;
  const used = slope === 0 ? 0 : 1;
  const welch = sum === 0 ? a.count + b.count - 2 : sum ** 2 / (ofA ** 2 / (a.count - 1) + ofB ** 2 / (b.count - 1));
  // The slope was chosen to make the variance small: one degree of freedom is spent on it.
  const df = welch - used;
  return {
    difference: a.y - b.y - slope * (a.x - b.x),
    standardError: Math.sqrt((sum * welch) / df),
    df,
    cut: plain === 0 ? 0 : 1 - left / plain,
  };
}

function slopeOf(a: CoMoments, b: CoMoments): number {
  if (Math.min(a.count, b.count) < adjustedFrom) return 0;
  const [ofA, ofB] = [1 / (a.count * (a.count - 1)), 1 / (b.count * (b.count - 1))];
  const spread = ofA * a.xx + ofB * b.xx;
  return spread === 0 ? 0 : (ofA * a.xy + ofB * b.xy) / spread;
}

function varianceOfMean({ count, xx, yy, xy }: CoMoments, slope: number, span: number): number {
  const left = Math.max(0, yy - 2 * slope * xy + slope * slope * xx) / (count - 1);
  return (left + (unseen * span * span) / count) / count;
}
