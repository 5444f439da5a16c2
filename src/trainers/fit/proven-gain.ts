import type { Signature } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { logLossRows, squaredErrorRows } from '../../statistics/samples/losses.ts';
import { blockMeans, momentsOf } from '../../statistics/samples/paired.ts';
import { declaredLossRows } from '../families/numeric/regression-loss.ts';
import type { FittedModel, RowRange } from '../interface.ts';
import type { TrainingTable } from '../prepare/table.ts';
import { rowWeights } from './row-weights.ts';

/** Neighbouring rows err alike: their means over so many stretches say how much a mean of all may be luck. */
const blocks = 10;
/** In standard errors; at one, tables in which nothing changes are aged as well. */
const errorsMin = 2;

type LossRows = (scores: Float64Array, classes: number, labels: Float64Array) => Float64Array;

const lossRows: Record<TaskName, LossRows> = {
  binary: logLossRows,
  multiclass: logLossRows,
  regression: (scores, _classes, labels) => squaredErrorRows(scores, labels),
};

interface Asked {
  readonly signature: Signature;
  readonly table: TrainingTable;
  readonly settings: OwnSpec;
}

/**
 * Whether `model` errs less than `other` on the validation rows by more than luck: by at least two standard errors of
 * the mean difference of their losses (log loss, squared error, or what the trainer is declared to minimise), by the
 * spread of ten block means. Rows count by their weights. False for fewer rows than blocks.
 */
export function isProvenBetter(asked: Asked, model: Answers, other: Answers, validation: RowRange): boolean {
  const own = lossesOn(asked, model, validation);
  return isGainProven(lossesOn(asked, other, validation).map((loss, row) => loss - (own[row] ?? 0)));
}

/** The same of what each row gains, in the order of time. */
export function isGainProven(gains: Float64Array): boolean {
  const means = blockMeans(gains, Math.floor(gains.length / blocks));
  if (means.length < blocks) return false;
  const { mean, variance } = momentsOf(means);
  return mean > errorsMin * Math.sqrt(variance / means.length);
}

/** Share of the loss of the prior that a model takes away on these rows; below 0 where it adds to it. */
export function explainedShare(asked: Asked, model: Answers, prior: Answers, range: RowRange): number {
  const sumOf = (answers: Answers): number => lossesOn(asked, answers, range).reduce((sum, loss) => sum + loss, 0);
  const known = sumOf(prior);
  return known > 0 ? 1 - sumOf(model) / known : 0;
}

type Answers = Pick<FittedModel, 'predict'>;

/** One loss per row of the range, times the weight of the row. */
function lossesOn(asked: Asked, { predict }: Answers, range: RowRange): Float64Array {
  const rows = Uint32Array.from({ length: range.to - range.from }, (_, at) => range.from + at);
  return lossesAt(asked, predict(asked.table.columns, range), rows);
}

/** The same of answers to these rows of the table. */
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
