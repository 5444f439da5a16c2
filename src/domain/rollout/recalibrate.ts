import type { TaskName } from '../spec/spec.ts';
import type { CalibrationRows, Covariates, EarlierRows, Recalibration } from '../tasks/task.ts';
import { taskOf } from '../tasks/task-of.ts';
import type { Correction } from './correction.ts';
import type { Covariate } from './covariates.ts';

/** Oldest first. */
export interface LabelledScores extends CalibrationRows {
  readonly task: TaskName;
  /** The entity of each row, as a number; absent where rows have none. */
  readonly entities?: readonly number[];
  /** The scores that were answered, as corrected then; absent: it is not known. */
  readonly answered?: CalibrationRows['raw'];
  /** What the covariates are, one for each of their width; behind them stand recent errors, where they have a part. */
  readonly standards?: readonly Covariate[];
  /** What the last covariates of each row are now, the same for all rows that come. */
  readonly recentErrors?: readonly number[];
  /** What the hold-out said of the version, which is older than all of these rows. */
  readonly holdOut?: HoldOutCorrection;
}

/** What is left of the hold-out of a version: its rows are not kept. */
export interface HoldOutCorrection extends Omit<EarlierRows, 'weight'> {
  readonly at: Correction;
}

/** What these rows say, for fits on later ones; null for a task whose fits cannot go on from it. */
export function holdOutCorrection(rows: LabelledScores, halfLifeRows: number): HoldOutCorrection | null {
  const at = recalibrate(rows, halfLifeRows);
  const curvature = taskOf(rows.task).correction.curvatureAt(rows, weightsOf(rows, halfLifeRows), at);
  return curvature === null ? null : { at, curvature };
}

/** What stands beside the scores of one row; undefined where nothing does. */
export function covariatesAt({ covariates }: CalibrationRows, row: number): Float64Array | undefined {
  if (covariates === undefined) return undefined;
  const { width, values } = covariates;
  return values.subarray(row * width, (row + 1) * width);
}

/** No entity weighs more than this share of all rows, or than its fair share where there are fewer. */
const entityShareMax = 0.02;

/**
 * A correction fitted on all of these rows, whether it does any good or not. A row that is `halfLifeRows` older weighs
 * half, and the rows of one entity weigh no more than a fiftieth of all together: its burst cannot move the answers
 * that everybody gets.
 */
export function recalibrate(rows: LabelledScores, halfLifeRows: number, start?: Recalibration): Correction {
  const { task, standards, holdOut } = rows;
  const fitted = taskOf(task).correction.fit(rows, weightsOf(rows, halfLifeRows), {
    ...(start === undefined ? {} : { start }),
    ...(holdOut === undefined ? {} : { earlier: earlierOf(rows, holdOut, 2 ** (-rows.labels.length / halfLifeRows)) }),
  });
  return standards === undefined
    ? { formatVersion: 1, task, ...fitted }
    : { formatVersion: 2, task, ...fitted, covariates: standards };
}

/** The hold-out says nothing of recent errors, which it had no part in. */
function earlierOf({ recentErrors = [] }: LabelledScores, holdOut: HoldOutCorrection, weight: number): EarlierRows {
  if (recentErrors.length === 0) return { ...holdOut, weight };
  const none = recentErrors.map(() => 0);
  const width = holdOut.curvature.length + none.length;
  const curvature = holdOut.curvature.map((row) => [...row, ...none]);
  return { at: holdOut.at, curvature: [...curvature, ...none.map(() => new Array<number>(width).fill(0))], weight };
}

/** The rows from `from` to before `to`. */
export function sliceRows(given: LabelledScores, from: number, to: number): LabelledScores {
  const { task, labels, raw, entities, answered, covariates, standards, holdOut, recentErrors } = given;
  return {
    task,
    ...(holdOut === undefined ? {} : { holdOut }),
    ...(recentErrors === undefined ? {} : { recentErrors }),
    ...(standards === undefined ? {} : { standards }),
    ...(covariates === undefined ? {} : { covariates: sliceCovariates(covariates, from, to) }),
    labels: labels.slice(from, to),
    raw: raw.slice(from, to),
    ...(entities === undefined ? {} : { entities: entities.slice(from, to) }),
    ...(answered === undefined ? {} : { answered: answered.slice(from, to) }),
  };
}

function sliceCovariates({ width, values, ...others }: Covariates, from: number, to: number): Covariates {
  return { ...others, width, values: values.subarray(from * width, to * width) };
}

function weightsOf({ labels, entities }: LabelledScores, halfLifeRows: number): Float64Array {
  const count = labels.length;
  const weights = Float64Array.from({ length: count }, (_, row) =>
    Math.exp((-Math.LN2 * (count - 1 - row)) / halfLifeRows),
  );
  if (entities === undefined) return weights;
  const sums = new Map<number, number>();
  entities.forEach((entity, row) => sums.set(entity, (sums.get(entity) ?? 0) + (weights[row] ?? 0)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const most = total * Math.max(entityShareMax, 1 / sums.size);
  return weights.map((weight, row) => weight * Math.min(1, most / (sums.get(entities[row] ?? 0) ?? most)));
}
