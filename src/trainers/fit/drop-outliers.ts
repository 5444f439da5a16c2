import type { OutlierLimits } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { pickColumns, type FeatureColumns } from '../../onnx/run/columns.ts';
import type { FitRequest, RowRange } from '../interface.ts';
import { trainingRowsMin } from '../prepare/split-by-time.ts';

type Rows = Pick<FitRequest<unknown>, 'columns' | 'labels' | 'weights' | 'training' | 'validation'>;

/**
 * The same rows without those training rows that have a number beyond a limit of a feature that says `drop`; rows of
 * validation stay as they are. Nothing is copied where nothing is dropped. Throws `invalid_data` where what is left is
 * too little to learn from.
 */
export function dropOutliers(rows: Rows, limits: readonly OutlierLimits[]): Rows {
  const { columns, labels, weights, training, validation } = rows;
  const all = training.to - training.from;
  const trained = keptIn(columns, training, limits);
  if (trained === all) return rows;
  if (trained < trainingRowsMin) throw tooFew(trained, all);
  const isDropped = droppedBy(columns, limits);
  const kept: number[] = [];
  for (let row = training.from; row < training.to; row++) if (!isDropped(row)) kept.push(row);
  for (let row = validation?.from ?? 0; row < (validation?.to ?? 0); row++) kept.push(row);
  return {
    columns: pickColumns(columns, kept),
    labels: Float64Array.from(kept, (row) => labels[row] ?? Number.NaN),
    weights: weights === null ? null : Float64Array.from(kept, (row) => weights[row] ?? 0),
    training: { from: 0, to: trained },
    validation: validation === null ? null : { from: trained, to: kept.length },
  };
}

/** How many rows of a range are beyond no limit of a feature that says `drop`. */
export function keptIn(columns: FeatureColumns, { from, to }: RowRange, limits: readonly OutlierLimits[]): number {
  const isDropped = droppedBy(columns, limits);
  let kept = 0;
  for (let row = from; row < to; row++) if (!isDropped(row)) kept++;
  return kept;
}

function droppedBy(columns: FeatureColumns, limits: readonly OutlierLimits[]): (row: number) => boolean {
  const dropping = limits.filter(({ action }) => action === 'drop');
  return (row) => dropping.some((limit) => isBeyond(columns, limit, row));
}

/** Held against the limits as the model sees it; what is missing is beyond none. */
function isBeyond(columns: FeatureColumns, { feature, low, high }: OutlierLimits, row: number): boolean {
  const column = columns.byName.get(feature);
  if (column === undefined || !('numbers' in column)) return false;
  const value = Math.fround(column.numbers[row] ?? Number.NaN);
  return value < low || value > high;
}

/** Rows beyond a limit of any feature add up: of many features there may be none beyond no limit. */
function tooFew(left: number, all: number): PerennialError {
  return new PerennialError(
    'invalid_data',
    `outliers that are dropped leave ${left} of ${all} training rows; at least ${trainingRowsMin} are needed`,
    { path: 'outliers', hint: 'Drop by fewer features or by wider quantiles, or clip, which keeps every row.' },
  );
}
