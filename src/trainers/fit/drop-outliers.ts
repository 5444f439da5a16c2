import type { OutlierLimits } from '../../domain/spec/spec.ts';
import { columnsOf, type FeatureColumns } from '../../onnx/run/columns.ts';
import type { FitRequest } from '../interface.ts';

type Rows = Pick<FitRequest<unknown>, 'columns' | 'labels' | 'training' | 'validation'>;

/**
 * The same rows without those training rows that have a number beyond a limit of a feature that says `drop`; rows of
 * validation stay as they are. Nothing is copied where nothing is dropped.
 */
export function dropOutliers(rows: Rows, limits: readonly OutlierLimits[]): Rows {
  const { columns, labels, training, validation } = rows;
  const dropping = limits.filter(({ action }) => action === 'drop');
  const kept: number[] = [];
  for (let row = training.from; row < training.to; row++)
    if (!dropping.some((limit) => isBeyond(columns, limit, row))) kept.push(row);
  if (kept.length === training.to - training.from) return rows;
  const trained = kept.length;
  for (let row = validation?.from ?? 0; row < (validation?.to ?? 0); row++) kept.push(row);
  const taken = [...columns.byName.values()].map((column) =>
    'texts' in column
      ? { ...column, texts: kept.map((row) => column.texts[row] ?? null) }
      : { ...column, numbers: Float64Array.from(kept, (row) => column.numbers[row] ?? Number.NaN) },
  );
  return {
    columns: columnsOf(kept.length, taken),
    labels: Float64Array.from(kept, (row) => labels[row] ?? Number.NaN),
    training: { from: 0, to: trained },
    validation: validation === null ? null : { from: trained, to: kept.length },
  };
}

/** Held against the limits as the model sees it; what is missing is beyond none. */
function isBeyond(columns: FeatureColumns, { feature, low, high }: OutlierLimits, row: number): boolean {
  const column = columns.byName.get(feature);
  if (column === undefined || !('numbers' in column)) return false;
  const value = Math.fround(column.numbers[row] ?? Number.NaN);
  return value < low || value > high;
}
