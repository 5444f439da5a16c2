import { blockMeans, momentsOf } from '../../statistics/samples/paired.ts';
import { taskOf } from '../tasks/task-of.ts';
import { gainRows, type Gains } from '../metrics/gains.ts';
import { scoreRows } from '../metrics/score-rows.ts';
import type { TaskName } from '../spec/spec.ts';
import { sayCount } from '../words/say.ts';
import type { Maturity } from './mature-through.ts';

/** Labelled answers in time order. */
export interface GivenAnswers {
  readonly task: TaskName;
  readonly classes: readonly string[];
  /** Class numbers, or values for regression. */
  readonly labels: Float64Array;
  /** Row-major, one column per class; one value per row for regression. */
  readonly scores: Float64Array;
  /** Class numbers of the answers that were given: thresholds differ between the versions of one window. */
  readonly decisions: Uint32Array;
  readonly gains: Gains | null;
  /** Regression: which quantile the values are declared to be; absent or null, none. */
  readonly quantile?: number | null;
}

/**
 * Every metric of the task, by the formulas of gate and watch, but on the decisions as they were given. Empty for no
 * rows.
 */
export function realisedOf(rows: GivenAnswers): Readonly<Record<string, number>> {
  const { rows: _count, ...metrics } = scoreRows({ ...rows, threshold: null });
  return metrics;
}

/** What each answer brought; null where nothing is declared. */
export function valueRowsOf({
  task,
  decisions,
  gains,
}: Pick<GivenAnswers, 'task' | 'decisions' | 'gains'>): Float64Array | null {
  if (!taskOf(task).hasPositive || gains === null) return null;
  return gainRows(decisions, gains);
}

/**
 * Sum of paired differences and its variance. Rows of one window lie near each other in time and are not independent,
 * so the variance is taken over blocks of rows^(1/3) (as the paired bootstrap of the gate). 0 for fewer than two rows.
 */
export function differenceOf(
  ours: Float64Array,
  theirs: Float64Array,
): { readonly sum: number; readonly variance: number } {
  const differences = ours.map((value, row) => value - (theirs[row] ?? Number.NaN));
  const count = differences.length;
  const blocks = momentsOf(blockMeans(differences, Math.max(1, Math.floor(Math.cbrt(count)))));
  const sum = differences.reduce((total, value) => total + value, 0);
  return { sum, variance: blocks.count < 2 ? 0 : (count * count * blocks.variance) / blocks.count };
}

/** From which window on quality is not known yet, and from which row it will be; null where every window is mature. */
export function sayUnmeasured(
  windows: readonly { readonly number: number; readonly lastSeq: number }[],
  { throughSeq, delayRows, text }: Pick<Maturity, 'throughSeq' | 'delayRows' | 'text'>,
): string | null {
  const first = windows.find(({ lastSeq }) => lastSeq > throughSeq);
  if (first === undefined) return null;
  const when =
    delayRows === null
      ? text
      : `Its rows are mature when the traffic has come to row ${sayCount(first.lastSeq + delayRows)}.`;
  return `Not yet measured from window ${first.number} on. ${when}`;
}

/**
 * Windows to look at again when window `number` is judged: those 1, 2, 4, 8, … windows old. Each window is so measured
 * when it closes, when it is mature, and at most once per doubling of its age, however late its labels come.
 */
export function windowsToRevisit(number: number): readonly number[] {
  const windows: number[] = [];
  for (let age = 1; age <= ageWindowsMax && number - age >= 1; age *= 2) windows.push(number - age);
  return windows;
}

const ageWindowsMax = 2_048;
