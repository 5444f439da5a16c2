import { kindOf } from '../../../domain/features/kind-of.ts';
import type { DeclaredSlice } from '../../../domain/spec/gates/declared-slices.ts';
import type { FeatureColumn, FeatureColumns } from '../../../onnx/run/columns.ts';

/** Row-major, 1 where the row is in the slice and 0 where it is not; a column for each slice. */
export function sliceMembers(slices: readonly DeclaredSlice[], { rows, byName }: FeatureColumns): Float64Array {
  const members = new Float64Array(rows * slices.length);
  for (const [k, { feature, holds }] of slices.entries()) {
    const column = byName.get(feature);
    if (column === undefined) continue;
    for (let row = 0; row < rows; row++) members[row * slices.length + k] = holds(cellAt(column, row)) ? 1 : 0;
  }
  return members;
}

/** Null is missing. */
export function cellAt(column: FeatureColumn, row: number): string | number | boolean | null {
  if ('texts' in column) return column.texts[row] ?? null;
  const value = column.numbers[row] ?? NaN;
  return Number.isNaN(value) ? null : kindOf(column.kind).cellOf(value);
}
