/**
 * Losses row by row, so that two models can be compared on the same rows. `scores` are row-major probabilities with
 * `classCount` columns (binary: 2, the positive class second) and `labels` are class numbers.
 */
export const probabilityMin = 0.001;

/**
 * -ln P(true class), the probability clipped to 0.001..0.999: a loss without a bound would let one row that is sure
 * and wrong decide over thousands, and no mean of such losses has an error that anybody can state. Relative error <=
 * 1e-15 (golden vectors).
 */
export function logLossRows(scores: ArrayLike<number>, classCount: number, labels: ArrayLike<number>): Float64Array {
  const rows = new Float64Array(labels.length);
  for (let i = 0; i < rows.length; i++) {
    const p = scores[i * classCount + (labels[i] ?? 0)] ?? Number.NaN;
    rows[i] = -Math.log(Math.min(1 - probabilityMin, Math.max(probabilityMin, p)));
  }
  return rows;
}

/**
 * Binary: (P(positive) - y)^2, in 0..1. More classes: the squared distance to the one-hot label, in 0..2 (Brier 1950).
 * Exact (golden vectors). Exact (golden vectors).
 */
export function brierRows(scores: ArrayLike<number>, classCount: number, labels: ArrayLike<number>): Float64Array {
  const rows = new Float64Array(labels.length);
  for (let i = 0; i < rows.length; i++) {
    let sum = 0;
    for (let k = classCount === 2 ? 1 : 0; k < classCount; k++) {
      const gap = (scores[i * classCount + k] ?? Number.NaN) - (labels[i] === k ? 1 : 0);
      sum += gap * gap;
    }
    rows[i] = sum;
  }
  return rows;
}

/**
 * The decided class of each row: with a threshold, class 1 from there upwards; without, the most probable (first on
 * ties). Exact (golden vectors). Exact (golden vectors).
 */
export function decideRows(scores: ArrayLike<number>, classCount: number, threshold: number | null): Uint32Array {
  const decisions = new Uint32Array(Math.floor(scores.length / classCount));
  for (let i = 0; i < decisions.length; i++) decisions[i] = decideRow(scores, i * classCount, classCount, threshold);
  return decisions;
}

/** The decided class of the row whose scores begin at `from`. Exact (golden vectors). Exact (golden vectors). */
export function decideRow(
  scores: ArrayLike<number>,
  from: number,
  classCount: number,
  threshold: number | null,
): number {
  if (threshold !== null && classCount === 2) return (scores[from + 1] ?? 0) >= threshold ? 1 : 0;
  let best = 0;
  for (let k = 1; k < classCount; k++) if ((scores[from + k] ?? 0) > (scores[from + best] ?? 0)) best = k;
  return best;
}

/** 1 where the decision equals the label. Exact (golden vectors). Exact (golden vectors). */
export function hitRows(decisions: ArrayLike<number>, labels: ArrayLike<number>): Float64Array {
  const hits = new Float64Array(labels.length);
  for (let i = 0; i < hits.length; i++) hits[i] = decisions[i] === labels[i] ? 1 : 0;
  return hits;
}

/** Exact (golden vectors). Exact (golden vectors). */
export function squaredErrorRows(values: ArrayLike<number>, labels: ArrayLike<number>): Float64Array {
  return Float64Array.from(
    labels,
    (label, i) => ((values[i] ?? Number.NaN) - label) * ((values[i] ?? Number.NaN) - label),
  );
}

/** Exact (golden vectors). Exact (golden vectors). */
export function absoluteErrorRows(values: ArrayLike<number>, labels: ArrayLike<number>): Float64Array {
  return Float64Array.from(labels, (label, i) => Math.abs((values[i] ?? Number.NaN) - label));
}

/**
 * Pinball loss (Koenker & Bassett 1978): `quantile` (0..1, both excluded) times what a value misses from below, and
 * the rest of 1 times what it misses from above, in the unit of the label. Its mean is least where a share `quantile`
 * of the labels lies below the value. Exact (golden vectors).
 */
export function pinballRows(values: ArrayLike<number>, labels: ArrayLike<number>, quantile: number): Float64Array {
  return Float64Array.from(labels, (label, i) => {
    const missed = label - (values[i] ?? Number.NaN);
    return missed < 0 ? (quantile - 1) * missed : quantile * missed;
  });
}

/** NaN for no rows: an average of nothing is not 0. Exact (golden vectors). Exact (golden vectors). */
export function mean(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    sum += weight * (values[i] ?? Number.NaN);
    total += weight;
  }
  return sum / total;
}

/**
 * F1 of class 1 (two classes), or the plain mean of every class's F1 (more). A class that neither occurs nor is ever
 * decided is left out; null when that leaves nothing. `weights` (row multiplicities) serve the bootstrap. Exact
 * (golden vectors). Exact (golden vectors).
 */
export function f1Score(
  decisions: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
  weights?: ArrayLike<number>,
): number | null {
  const hits = new Float64Array(classCount);
  const mentions = new Float64Array(classCount);
  for (let i = 0; i < labels.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    const decided = decisions[i] ?? 0;
    const label = labels[i] ?? 0;
    if (decided === label) hits[label] = (hits[label] ?? 0) + weight;
    mentions[decided] = (mentions[decided] ?? 0) + weight;
    mentions[label] = (mentions[label] ?? 0) + weight;
  }
  let sum = 0;
  let classes = 0;
  for (let k = classCount === 2 ? 1 : 0; k < classCount; k++) {
    if ((mentions[k] ?? 0) === 0) continue;
    sum += (2 * (hits[k] ?? 0)) / (mentions[k] ?? 1);
    classes++;
  }
  return classes === 0 ? null : sum / classes;
}

/**
 * Expected calibration error with (at most) `bins` bins of equal mass: the weighted mean of |mean confidence - share
 * that came true|. Tied confidences stay in one bin, so that the order of rows cannot matter. `order` is ascending.
 * Relative error <= 1e-15 (golden vectors).
 */
export function calibrationError(
  confidences: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  order: Uint32Array,
  bins = 10,
  weights?: ArrayLike<number>,
): number {
  let total = 0;
  for (let i = 0; i < order.length; i++) total += weights === undefined ? 1 : (weights[i] ?? 0);
  let error = 0;
  let seen = 0;
  let mass = 0;
  let gap = 0;
  let bin = 1;
  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    mass += weight;
    seen += weight;
    gap += weight * ((confidences[row] ?? 0) - (outcomes[row] ?? 0));
    const isTieOpen = i + 1 < order.length && confidences[order[i + 1] ?? 0] === confidences[row];
    if (isTieOpen || seen < (bin * total) / bins || mass === 0) continue;
    error += Math.abs(gap) / total;
    bin = Math.floor((seen * bins) / total) + 1;
    mass = 0;
    gap = 0;
  }
  return error + Math.abs(gap) / total;
}
