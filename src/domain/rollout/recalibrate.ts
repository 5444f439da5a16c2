import type { TaskName } from '../spec/spec.ts';
import type { CalibrationRows } from '../tasks/task.ts';
import { taskOf } from '../tasks/task-of.ts';
import type { Correction } from './correction.ts';

/** Oldest first. */
export interface LabelledScores extends CalibrationRows {
  readonly task: TaskName;
  /** The entity of each row, as a number; absent where rows have none. */
  readonly entities?: readonly number[];
  /** The scores that were answered, as corrected then; absent: it is not known. */
  readonly answered?: CalibrationRows['raw'];
}

/** No entity weighs more than this share of all rows, or than its fair share where there are fewer. */
const entityShareMax = 0.02;

/**
 * A correction fitted on all of these rows, whether it does any good or not. A row that is `halfLifeRows` older weighs
 * half, and the rows of one entity weigh no more than a fiftieth of all together: its burst cannot move the answers
 * that everybody gets.
 */
export function recalibrate(rows: LabelledScores, halfLifeRows: number): Correction {
  const weights = weightsOf(rows, halfLifeRows);
  return { formatVersion: 1, task: rows.task, ...taskOf(rows.task).correction.fit(rows, weights) };
}

/** The rows from `from` to before `to`. */
export function sliceRows(given: LabelledScores, from: number, to: number): LabelledScores {
  const { task, labels, raw, entities, answered } = given;
  return {
    task,
    labels: labels.slice(from, to),
    raw: raw.slice(from, to),
    ...(entities === undefined ? {} : { entities: entities.slice(from, to) }),
    ...(answered === undefined ? {} : { answered: answered.slice(from, to) }),
  };
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
