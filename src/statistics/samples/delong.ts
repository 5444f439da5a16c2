import { midRanks } from './ranking.ts';

export interface PairedAurocs {
  readonly a: number;
  readonly b: number;
  /** a - b. */
  readonly difference: number;
  /** Of the difference, by DeLong's covariance of two correlated areas. */
  readonly standardError: number;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Two AUROCs on the same rows and the standard error of their difference. E. DeLong et al., Biometrics 44 (1988), in
 * the O(n log n) mid-rank form of Sun and Xu, IEEE SPL 21 (2014). Null unless each class has at least two rows.
 * Relative error <= 1e-15 (golden vectors).
 */
export function pairedDelong(
  scoresA: ArrayLike<number>,
  scoresB: ArrayLike<number>,
  labels: ArrayLike<number>,
): PairedAurocs | null {
  const { positiveRows, negativeRows } = rowsByClass(labels);
  if (positiveRows.length < 2 || negativeRows.length < 2) return null;
  const a = placements(scoresA, positiveRows, negativeRows);
  const b = placements(scoresB, positiveRows, negativeRows);
  const variance =
    varianceOfDifference(a.ofPositives, b.ofPositives) / positiveRows.length +
    varianceOfDifference(a.ofNegatives, b.ofNegatives) / negativeRows.length;
  return {
    a: a.area,
    b: b.area,
    difference: a.area - b.area,
    standardError: Math.sqrt(Math.max(0, variance)),
    positives: positiveRows.length,
    negatives: negativeRows.length,
  };
}

/**
 * One number per row whose mean is the difference a - b of two AUROCs, and whose spread is that of the difference, to
 * first order: DeLong's placements, weighted so that each row counts as one. Null as `pairedDelong`. Relative error <=
 * 1e-15 (golden vectors).
 */
export function areaDifferenceRows(
  scoresA: ArrayLike<number>,
  scoresB: ArrayLike<number>,
  labels: ArrayLike<number>,
): Float64Array | null {
  const { positiveRows, negativeRows } = rowsByClass(labels);
  if (positiveRows.length < 2 || negativeRows.length < 2) return null;
  const a = placements(scoresA, positiveRows, negativeRows);
  const b = placements(scoresB, positiveRows, negativeRows);
  const difference = a.area - b.area;
  const rows = new Float64Array(labels.length);
  const spread = (of: readonly number[], left: Float64Array, right: Float64Array): void => {
    for (const [i, row] of of.entries())
      rows[row] = difference + (labels.length / of.length) * ((left[i] ?? 0) - (right[i] ?? 0) - difference);
  };
  spread(positiveRows, a.ofPositives, b.ofPositives);
  spread(negativeRows, a.ofNegatives, b.ofNegatives);
  return rows;
}

/**
 * One number per row whose mean is the AUROC, and whose spread is that of the AUROC, to first order. Null as
 * `pairedDelong`. Relative error <= 1e-15 (golden vectors).
 */
export function areaRows(scores: ArrayLike<number>, labels: ArrayLike<number>): Float64Array | null {
  const half = areaDifferenceRows(scores, new Float64Array(labels.length), labels);
  return half === null ? null : half.map((value) => value + 0.5);
}

function rowsByClass(labels: ArrayLike<number>) {
  const positiveRows: number[] = [];
  const negativeRows: number[] = [];
  for (let i = 0; i < labels.length; i++) (labels[i] === 1 ? positiveRows : negativeRows).push(i);
  return { positiveRows, negativeRows };
}

interface Placements {
  readonly area: number;
  /**
   * For each positive, the share of negatives that it beats; for each negative, the share of positives that beat it.
   */
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
}

function placements(
  scores: ArrayLike<number>,
  positiveRows: readonly number[],
  negativeRows: readonly number[],
): Placements {
  const m = positiveRows.length;
  const n = negativeRows.length;
  const positives = Float64Array.from(positiveRows, (row) => scores[row] ?? 0);
  const negatives = Float64Array.from(negativeRows, (row) => scores[row] ?? 0);
  const all = new Float64Array(m + n);
  all.set(positives);
  all.set(negatives, m);
  const allRanks = midRanks(all);
  const positiveRanks = midRanks(positives);
  const negativeRanks = midRanks(negatives);
  const ofPositives = new Float64Array(m);
  const ofNegatives = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < m; i++) {
    const beaten = ((allRanks[i] ?? 0) - (positiveRanks[i] ?? 0)) / n;
    ofPositives[i] = beaten;
    sum += beaten;
  }
  for (let j = 0; j < n; j++) ofNegatives[j] = 1 - ((allRanks[m + j] ?? 0) - (negativeRanks[j] ?? 0)) / m;
  return { area: sum / m, ofPositives, ofNegatives };
}

function varianceOfDifference(a: Float64Array, b: Float64Array): number {
  let mean = 0;
  for (let i = 0; i < a.length; i++) mean += ((a[i] ?? 0) - (b[i] ?? 0)) / a.length;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = (a[i] ?? 0) - (b[i] ?? 0) - mean;
    sum += gap * gap;
  }
  return sum / (a.length - 1);
}
