import { decideRows } from '../../statistics/samples/losses.ts';
import type { Gains } from './gains.ts';
import type { TaskName } from '../spec/spec.ts';

/** Labelled, scored rows in time order. */
export interface ScoredRows {
  readonly task: TaskName;
  /** In signature order: `[negative, positive]` for binary; empty for regression. */
  readonly classes: readonly string[];
  /** Class numbers (binary: 1 is positive), or values for regression. */
  readonly labels: ArrayLike<number>;
  /** Row-major probabilities, one column per class; one value per row for regression. */
  readonly scores: ArrayLike<number>;
  /** Binary: positive from here upwards. Null decides for the most probable class. */
  readonly threshold: number | null;
  /** Class numbers of decisions as they were given; absent, the threshold decides. */
  readonly decisions?: ArrayLike<number>;
  readonly gains?: Gains | null;
  /** Regression: which quantile (0..1) the values are declared to be; absent or null, none. */
  readonly quantile?: number | null;
}

/** Class numbers that the rows are judged by. */
export function decisionsIn({ scores, classes, threshold, decisions }: ScoredRows): ArrayLike<number> {
  return decisions ?? decideRows(scores, classes.length, threshold);
}

/** P(positive) of each row of a binary task. */
export function positiveScores(scores: ArrayLike<number>): Float64Array {
  const positive = new Float64Array(Math.floor(scores.length / 2));
  for (let row = 0; row < positive.length; row++) positive[row] = scores[row * 2 + 1] ?? Number.NaN;
  return positive;
}

/** Some of the rows, in the order of their numbers. */
export function pickRows(rows: ScoredRows, members: ArrayLike<number>): ScoredRows {
  const { labels, scores, gains = null, decisions } = rows;
  const gather = (values: ArrayLike<number>) => Float64Array.from(members, (row) => values[row] ?? Number.NaN);
  return {
    ...rows,
    labels: gather(labels),
    scores: pickCells(scores, scores.length / labels.length, members),
    gains: gains === null ? null : { yes: gather(gains.yes), no: gather(gains.no) },
    ...(decisions === undefined ? {} : { decisions: gather(decisions) }),
  };
}

/** Some rows of a row-major matrix. */
function pickCells(cells: ArrayLike<number>, width: number, members: ArrayLike<number>): Float64Array {
  const picked = new Float64Array(members.length * width);
  for (let i = 0; i < members.length; i++)
    for (let k = 0; k < width; k++) picked[i * width + k] = cells[(members[i] ?? 0) * width + k] ?? Number.NaN;
  return picked;
}
