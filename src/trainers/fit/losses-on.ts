import type { Signature } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { logLossRows, squaredErrorRows } from '../../statistics/samples/losses.ts';
import { declaredLossRows } from '../families/numeric/regression-loss.ts';
import type { FittedModel, RowRange } from '../interface.ts';
import type { TrainingTable } from '../prepare/table.ts';
import { rowWeights } from './row-weights.ts';

type LossRows = (scores: Float64Array, classes: number, labels: Float64Array) => Float64Array;

const lossRows: Record<TaskName, LossRows> = {
  binary: logLossRows,
  multiclass: logLossRows,
  regression: (scores, _classes, labels) => squaredErrorRows(scores, labels),
};

/** Whose losses are asked for. */
export interface Asked {
  readonly signature: Signature;
  readonly table: TrainingTable;
  readonly settings: OwnSpec;
}

export type Answers = Pick<FittedModel, 'predict'>;

/** One loss per row of the range, times the weight of the row. */
export function lossesOn(asked: Asked, { predict }: Answers, range: RowRange): Float64Array {
  const rows = Uint32Array.from({ length: range.to - range.from }, (_, at) => range.from + at);
  return lossesAt(asked, predict(asked.table.columns, range), rows);
}

/**
 * One loss per answer to these rows of the table, times the weight of the row: log loss, squared error, or what the
 * trainer is declared to minimise.
 */
export function lossesAt(
  { signature, table, settings }: Asked,
  answers: Float64Array,
  rows: Uint32Array,
): Float64Array {
  const labels = Float64Array.from(rows, (row) => table.labels[row] ?? Number.NaN);
  const weights = rowWeights(settings, table);
  const declared = settings.kind === 'gbdt' ? declaredLossRows(settings) : null;
  const losses = declared?.(answers, labels) ?? lossRows[signature.task](answers, signature.classes.length, labels);
  return weights === null ? losses : losses.map((loss, at) => loss * (weights[rows[at] ?? 0] ?? 0));
}
