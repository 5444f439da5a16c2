import type { CellColumns } from '../../domain/training/expected-loss.ts';
import { cellOf, type ReferenceProfile } from '../../domain/training/profile.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';

/**
 * Rows by the cells of a profile: its features, then the answer, which is a value. A feature that these rows do not
 * have is missing in all of them.
 */
export function profileCells(
  { features, prediction }: Pick<ReferenceProfile, 'features' | 'prediction'>,
  { byName }: FeatureColumns,
  values: Float64Array,
  rows: ArrayLike<number>,
): CellColumns {
  const cells = (cellAt: (row: number) => number) => Uint16Array.from(rows, cellAt);
  return [
    ...features.map((feature) => {
      const column = byName.get(feature.name);
      if (column === undefined) return cells(() => cellOf(feature, null));
      if ('texts' in column) return cells((row) => cellOf(feature, column.texts[row] ?? null));
      return cells((row) => cellOf(feature, column.numbers[row] ?? Number.NaN));
    }),
    cells((row) => cellOf(prediction, values[row] ?? Number.NaN)),
  ];
}
