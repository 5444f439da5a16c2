import type { ModelSpec } from '../../domain/spec/spec.ts';
import { objectiveIn } from '../../domain/spec/trainer-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { numbersIn } from '../../onnx/run/columns.ts';
import type { TrainingTable } from './table.ts';

/** Throws `invalid_data`, naming the row, where rows hold what the declared trainer cannot learn from. */
export function checkTrainedRows(spec: ModelSpec, table: TrainingTable): void {
  checkWeights(spec, table);
  checkAmounts(spec, table);
}

function checkWeights({ trainer }: ModelSpec, { columns }: TrainingTable): void {
  if (!('weightColumn' in trainer) || trainer.weightColumn === undefined) return;
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

function checkAmounts({ trainer, target }: ModelSpec, { labels }: TrainingTable): void {
  if (objectiveIn(trainer) !== 'poisson') return;
  const row = labels.findIndex((label) => label < 0);
  if (row < 0) return;
  throw new PerennialError(
    'invalid_data',
    `the target column "${target.column}" is ${labels[row]} in labelled row ${row + 1}; poisson takes 0 or more`,
    { path: 'trainer.objective', hint: 'Use another objective, or correct these rows.' },
  );
}
