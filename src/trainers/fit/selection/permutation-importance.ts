import type { MeanEstimate } from '../../../statistics/samples/paired.ts';
import type { Random } from '../../../statistics/numeric/random.ts';
import { columnsOf, sliceColumns, type FeatureColumn, type FeatureColumns } from '../../../onnx/run/columns.ts';
import type { FittedModel, RowRange } from '../../interface.ts';
import { lossesOn, type Asked } from '../losses-on.ts';
import { meanOverBlocks } from '../proven-gain.ts';

/** Rows that are asked, the newest: the cost does not grow with the history. */
const askedRowsMax = 5_000;
/** Shuffles of each feature, of which the mean is taken. */
const shuffles = 3;

const none: MeanEstimate = { mean: 0, standardError: 0, df: 0 };

/**
 * How much the loss of each row rises on average where the values of one feature are shuffled among the rows (Breiman,
 * "Random Forests", Machine Learning 45 (2001), section 10; with its error by blocks of time). Of a feature on which
 * the model does not rest it is 0 without being asked. At most 5,000 rows, three times for each feature.
 */
export function permutationImportance(
  asked: Asked,
  model: Pick<FittedModel, 'predict' | 'importance'>,
  range: RowRange,
  random: Random,
): ReadonlyMap<string, MeanEstimate> {
  const from = Math.max(range.from, range.to - askedRowsMax);
  const rows = range.to - from;
  const whole = { from: 0, to: rows };
  const columns = sliceColumns(asked.table.columns, from, range.to);
  const known = {
    ...asked,
    table: { ...asked.table, rows, columns, labels: asked.table.labels.slice(from, range.to) },
  };
  const usual = lossesOn(known, model, whole);
  const found = new Map<string, MeanEstimate>();
  for (const { feature, gain } of model.importance) {
    const column = columns.byName.get(feature);
    if (column === undefined || !(gain > 0)) {
      found.set(feature, none);
      continue;
    }
    const rises = new Float64Array(rows);
    for (let shuffle = 0; shuffle < shuffles; shuffle++) {
      const order = shuffledRows(rows, random.fork(`${feature}/${shuffle}`));
      const shuffled = columnsOf(rows, [...columns.byName.values(), pickRows(column, order)]);
      // Weights of rows may be one of the features: they stay as they are.
      const answers = { predict: (_: FeatureColumns, of: RowRange) => model.predict(shuffled, of) };
      const losses = lossesOn(known, answers, whole);
      for (let row = 0; row < rows; row++) rises[row] = (rises[row] ?? 0) + (losses[row] ?? 0) / shuffles;
    }
    found.set(feature, meanOverBlocks(rises.map((loss, row) => loss - (usual[row] ?? 0))) ?? none);
  }
  return found;
}

function pickRows(column: FeatureColumn, order: Uint32Array): FeatureColumn {
  return 'texts' in column
    ? { ...column, texts: Array.from(order, (row) => column.texts[row] ?? null) }
    : { ...column, numbers: Float64Array.from(order, (row) => column.numbers[row] ?? Number.NaN) };
}

/** Fisher and Yates. */
function shuffledRows(rows: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}
