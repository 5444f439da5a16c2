import type { ModelSpec } from '../../domain/spec/spec.ts';
import { isOwn } from '../../domain/spec/trainer-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { numbersIn } from '../../onnx/run/columns.ts';
import type { TrainingTable } from './table.ts';

/** Throws `invalid_data`, naming the row, where the column of the weights holds what no row can count as. */
export function checkWeights({ trainer }: ModelSpec, { columns }: TrainingTable): void {
  if (!isOwn(trainer) || trainer.weightColumn === undefined) return;
  const weights = numbersIn(columns, trainer.weightColumn);
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (row < 0) return;
  const value = weights[row] ?? Number.NaN;
  throw new PerennialError(
    'invalid_data',
    `the weight column "${trainer.weightColumn}" is ${Number.isNaN(value) ? 'missing' : value} ` +
      `in labelled row ${row + 1}; a weight is 0 or more, and finite`,
    { path: 'trainer.weightColumn', hint: 'Correct these rows, or name a column that has a weight in every row.' },
  );
}
