import { ascendingOrder } from '../../statistics/ranking.ts';
import type { Gains } from './gains.ts';

/** Answers whose labels are not known yet. */
export interface UnlabelledAnswers {
  /** In signature order; `[negative, positive]` for two. */
  readonly classCount: number;
  /** Row-major probabilities as they were answered. */
  readonly scores: ArrayLike<number>;
  /** Class numbers of the answers that were given. */
  readonly decisions: ArrayLike<number>;
  /** Two classes with a value declaration: gains if every row were positive, and if every row were negative. */
  readonly gains: { readonly ifPositive: Gains; readonly ifNegative: Gains } | null;
}

const probabilityMin = 1e-15;

/**
 * What the probabilities alone lead one to expect, if they are calibrated: each row is right with the probability that
 * its answer was given (confidence-based performance estimation: Guillory et al. 2021, "Predicting with Confidence on
 * Unseen Distributions"; as expected confusion matrix, NannyML's CBPE). Blind to a change of the relation between
 * inputs and labels, which only labels show. Means per row; empty for no rows.
 */
export function estimateQuality(rows: UnlabelledAnswers): Readonly<Record<string, number>> {
  const { classCount, scores, decisions, gains } = rows;
  const count = decisions.length;
  if (count === 0 || classCount < 2) return {};
  let right = 0;
  let entropy = 0;
  let brier = 0;
  let value = 0;
  for (let row = 0; row < count; row++) {
    const decided = decisions[row] ?? 0;
    right += scores[row * classCount + decided] ?? Number.NaN;
    let squares = 0;
    for (let k = 0; k < classCount; k++) {
      const p = scores[row * classCount + k] ?? Number.NaN;
      entropy -= p * Math.log(Math.max(p, probabilityMin));
      squares += p * p;
    }
    // As brierRows counts: the positive class alone for two classes, every class for more.
    brier += classCount === 2 ? (1 - squares) / 2 : 1 - squares;
    if (gains !== null) value += expectedGain(gains, row, scores[row * classCount + 1] ?? Number.NaN, decided);
  }
  const auroc = classCount === 2 ? expectedAuroc(scores, count) : null;
  return {
    ...(auroc === null ? {} : { auroc }),
    logLoss: entropy / count,
    brier: brier / count,
    accuracy: right / count,
    ...(gains === null ? {} : { value: value / count }),
  };
}

function expectedGain(
  gains: NonNullable<UnlabelledAnswers['gains']>,
  row: number,
  positive: number,
  decided: number,
): number {
  const side = decided === 1 ? 'yes' : 'no';
  return (
    positive * (gains.ifPositive[side][row] ?? Number.NaN) +
    (1 - positive) * (gains.ifNegative[side][row] ?? Number.NaN)
  );
}

/**
 * Expected concordant pairs over expected pairs, every row counted as positive with its probability and as negative
 * with the rest (ties half, no row against itself). Null where there is no pair.
 */
function expectedAuroc(scores: ArrayLike<number>, count: number): number | null {
  const positive = Float64Array.from({ length: count }, (_, row) => scores[row * 2 + 1] ?? Number.NaN);
  const order = ascendingOrder(positive);
  let concordant = 0;
  let negativesBelow = 0;
  let positives = 0;
  let negatives = 0;
  let own = 0;
  for (let from = 0; from < count;) {
    const score = positive[order[from] ?? 0];
    let to = from;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    let tiedOwn = 0;
    for (; to < count && positive[order[to] ?? 0] === score; to++) {
      const p = positive[order[to] ?? 0] ?? Number.NaN;
      tiedPositives += p;
      tiedNegatives += 1 - p;
      tiedOwn += p * (1 - p);
    }
    // A score that equals nothing, not even itself, is NaN: there is no order.
    if (to === from) return null;
    concordant += tiedPositives * negativesBelow + 0.5 * (tiedPositives * tiedNegatives - tiedOwn);
    negativesBelow += tiedNegatives;
    positives += tiedPositives;
    negatives += tiedNegatives;
    own += tiedOwn;
    from = to;
  }
  const pairs = positives * negatives - own;
  return pairs > 0 ? concordant / pairs : null;
}
