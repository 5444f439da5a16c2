import { PerennialError } from '../../domain/words/errors.ts';
import { classesOf, taskOf } from '../../domain/tasks/task-of.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { TrainingTable } from './table.ts';

/** Fewer labelled rows than this cannot be split into parts that mean anything. */
export const labelledRowsMin = 40;

/** Throws `invalid_data`, with the numbers, for a table that nothing can be learnt from. */
export function checkLabels(spec: ModelSpec, table: TrainingTable, unlabelledRows: number): void {
  const { column, task } = spec.target;
  if (table.rows < labelledRowsMin) {
    const without = unlabelledRows > 0 ? ` (${unlabelledRows} more have none)` : '';
    throw new PerennialError(
      'invalid_data',
      `only ${table.rows} rows have a label in the target column "${column}"${without}; ` +
        `training needs at least ${labelledRowsMin}`,
      { path: column, hint: 'Bring more labelled rows, or take more of the file as history.' },
    );
  }
  const first = table.labels[0] ?? 0;
  if (table.labels.some((label) => label !== first)) return;
  const value = taskOf(task).labels.say(first, classesOf(spec.target));
  throw new PerennialError(
    'invalid_data',
    `the target column "${column}" has only one value (${value}) in ${table.rows} rows; there is nothing to learn`,
    { path: column, hint: 'Choose another target column, or take more history so that other values occur.' },
  );
}
