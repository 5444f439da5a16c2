import type { TaskName } from '../../spec/parts/target-spec.ts';

/**
 * What becomes of the scores of a model before they are its answers. Scores are the log-odds of the positive class, or
 * the logarithm of the probability of each of several classes. Each map keeps finite scores finite, so that no answer
 * is 0 or 1.
 */
export type ScoreMap = ShiftMap | PlattMap | TemperatureMap | IsotonicMap;

/** Adds to the logarithm of each class: the prior that a model was not fitted on. */
export interface ShiftMap {
  readonly kind: 'shift';
  /** In the order of the classes. */
  readonly by: readonly number[];
}

/** Of two classes: slope · score + intercept (Platt 1999); the slope is above 0. */
export interface PlattMap {
  readonly kind: 'platt';
  readonly slope: number;
  readonly intercept: number;
}

/** score / temperature (Guo et al. 2017), above 0. */
export interface TemperatureMap {
  readonly kind: 'temperature';
  readonly temperature: number;
}

/**
 * Straight lines between knots that never fall, and as the outer knots beyond them. Of two classes one curve over the
 * log-odds; of several one per class over its log-odds against all others, the answers divided by their sum.
 */
export interface IsotonicMap {
  readonly kind: 'isotonic';
  readonly curves: readonly Curve[];
}

export interface Curve {
  /** Log-odds, rising; as many as `values`, one at least. */
  readonly scores: readonly number[];
  /** Log-odds, not falling. */
  readonly values: readonly number[];
}

/** Scores are cut here: probabilities tell no more apart, and nothing may overflow. */
export const scoreMax = 30;
/** The logarithm of a probability of one of several classes is cut here. */
export const logProbabilityMin = -30;
/** Of one of several classes; beyond it, log-odds of double precision say nothing. */
export const oddsProbabilityMin = 1e-13;

/** What these maps make of answers, row-major: probabilities in the order of the classes, as they came in. */
export function applyScoreMaps(
  task: TaskName,
  classes: number,
  answers: Float64Array,
  maps: readonly ScoreMap[],
): Float64Array {
  const mapRow = rowMaps[task];
  if (maps.length === 0 || mapRow === null) return answers;
  const out = new Float64Array(answers.length);
  for (let from = 0; from < answers.length; from += classes)
    out.set(mapRow(Array.from(answers.subarray(from, from + classes)), maps), from);
  return out;
}

/** Values are no probabilities. */
const rowMaps: Record<TaskName, ((row: readonly number[], maps: readonly ScoreMap[]) => readonly number[]) | null> = {
  binary: binaryRow,
  multiclass: severalRow,
  regression: null,
};

/** Log-odds of the positive class of two, cut. */
export function oddsOf(negative: number, positive: number): number {
  return cut(Math.log(positive) - Math.log(negative), -scoreMax, scoreMax);
}

/** Log-odds of one of several classes against all others, cut. */
export function oddsAgainstOthers(probability: number): number {
  const p = cut(probability, oddsProbabilityMin, 1 - oddsProbabilityMin);
  return Math.log(p) - Math.log(1 - p);
}

/** A curve at a score: the sum of what each stretch between two knots has added by then. */
export function curveAt({ scores, values }: Curve, score: number): number {
  let value = values[0] ?? 0;
  for (let knot = 1; knot < scores.length; knot++) {
    const [from = 0, to = 0] = [scores[knot - 1], scores[knot]];
    const done = cut((score - from) / (to - from), 0, 1);
    value += done * ((values[knot] ?? 0) - (values[knot - 1] ?? 0));
  }
  return value;
}

function binaryRow([negative = 0, positive = 0]: readonly number[], maps: readonly ScoreMap[]): readonly number[] {
  let score = oddsOf(negative, positive);
  for (const map of maps) score = cut(binaryScore(map, score), -scoreMax, scoreMax);
  const answer = 1 / (1 + Math.exp(-score));
  return [1 - answer, answer];
}

function binaryScore(map: ScoreMap, score: number): number {
  if (map.kind === 'shift') return score + (map.by[1] ?? 0) - (map.by[0] ?? 0);
  if (map.kind === 'platt') return map.slope * score + map.intercept;
  if (map.kind === 'temperature') return score / map.temperature;
  const [curve] = map.curves;
  return curve === undefined ? score : curveAt(curve, score);
}

function severalRow(answers: readonly number[], maps: readonly ScoreMap[]): readonly number[] {
  let scores = answers.map((answer) => Math.max(Math.log(answer), logProbabilityMin));
  for (const map of maps) scores = normalised(severalScores(map, scores));
  return normalised(scores).map(Math.exp);
}

function severalScores(map: ScoreMap, scores: readonly number[]): readonly number[] {
  if (map.kind === 'shift') return scores.map((score, k) => score + (map.by[k] ?? 0));
  if (map.kind === 'temperature') return scores.map((score) => score / map.temperature);
  if (map.kind === 'platt') return scores;
  return scores.map((score, k) => {
    const curve = map.curves[k];
    return curve === undefined ? score : -Math.log1p(Math.exp(-curveAt(curve, oddsAgainstOthers(Math.exp(score)))));
  });
}

/** Logarithms of probabilities that sum to 1, cut. */
function normalised(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const total = highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
  return scores.map((score) => Math.max(score - total, logProbabilityMin));
}

function cut(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
