import type { WindowScores } from '../../../src/db/traffic/read/window-rows.ts';
import type { Signature } from '../../../src/domain/spec/signature.ts';
import {
  columnOf,
  columnsOf,
  deriveColumn,
  type FeatureColumn,
  type FeatureColumns,
} from '../../../src/onnx/run/columns.ts';

/**
 * Logged rows as the columns of a signature. Rows are logged in the order of the definition that was current then; a
 * feature that it does not have is missing in all of them. Derived features stand beside them, computed here.
 */
export function windowColumns(
  rows: readonly WindowScores[],
  { columns, derived = [] }: Signature,
  current: Signature,
): FeatureColumns {
  const logged = columnsOf(
    rows.length,
    columns.map(({ name, kind }): FeatureColumn => {
      const index = current.columns.find((column) => column.name === name && column.kind === kind)?.index ?? -1;
      return columnOf(
        { name, kind },
        () => rows.map((row) => row.texts[index] ?? null),
        () => Float64Array.from(rows, (row) => row.numbers[index] ?? Number.NaN),
      );
    }),
  );
  return columnsOf(rows.length, [...logged.byName.values(), ...derived.map((column) => deriveColumn(column, logged))]);
}
