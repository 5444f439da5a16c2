import { probabilityMin } from '../../statistics/samples/losses.ts';
import { ascendingOrder } from '../../statistics/samples/ranking.ts';
import type { MetricName } from './registry.ts';
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

/**
 * What each metric is expected to be by the probabilities alone, where that can be said; null where these rows cannot
 * give it. A metric without an entry is never estimated.
 */
export const expectedMetrics: {
  readonly [Name in MetricName]?: (answers: UnlabelledAnswers) => number | null;
} = {
  auroc: ({ classCount, scores, decisions }) => (classCount === 2 ? expectedAuroc(scores, decisions.length) : null),
  logLoss: meanEntropy,
  brier: (answers) => meanOver(answers, expectedBrier),
  accuracy: (answers) => meanOver(answers, probabilityOfDecision),
  value: (answers) => (answers.gains === null ? null : meanOver(answers, expectedGain)),
};

type OfRow = (answers: UnlabelledAnswers, row: number) => number;

function meanOver(answers: UnlabelledAnswers, ofRow: OfRow): number {
  const count = answers.decisions.length;
  let sum = 0;
  for (let row = 0; row < count; row++) sum += ofRow(answers, row);
  return sum / count;
}

function probabilityAt({ scores, classCount }: UnlabelledAnswers, row: number, k: number): number {
  return scores[row * classCount + k] ?? Number.NaN;
}

function meanEntropy({ scores, classCount, decisions }: UnlabelledAnswers): number {
  let entropy = 0;
  for (let cell = 0; cell < decisions.length * classCount; cell++) {
    const p = scores[cell] ?? Number.NaN;
    entropy -= p * Math.log(Math.max(p, probabilityMin));
  }
  return entropy / decisions.length;
}

/** As `brierRows` counts: the positive class alone for two classes, every class for more. */
function expectedBrier(answers: UnlabelledAnswers, row: number): number {
  let squares = 0;
  for (let k = 0; k < answers.classCount; k++) {
    const p = probabilityAt(answers, row, k);
    squares += p * p;
  }
  return answers.classCount === 2 ? (1 - squares) / 2 : 1 - squares;
}

function probabilityOfDecision(answers: UnlabelledAnswers, row: number): number {
  return probabilityAt(answers, row, answers.decisions[row] ?? 0);
}

function expectedGain(answers: UnlabelledAnswers, row: number): number {
  const positive = probabilityAt(answers, row, 1);
  const side = answers.decisions[row] === 1 ? 'yes' : 'no';
  return (
    positive * (answers.gains?.ifPositive[side][row] ?? Number.NaN) +
    (1 - positive) * (answers.gains?.ifNegative[side][row] ?? Number.NaN)
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
