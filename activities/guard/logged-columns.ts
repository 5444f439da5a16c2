import { signatureOf } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { columnOf, columnsOf, type FeatureColumn, type FeatureColumns } from '../../src/onnx/run/columns.ts';

interface LoggedRow {
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly specRevision: number;
}

/** Logged inputs by name: each row in the signature order of the revision that it was logged under. */
export async function loggedColumns(
  rows: readonly LoggedRow[],
  specOf: (revision: number) => Promise<ModelSpec>,
): Promise<FeatureColumns> {
  const signatures = new Map<number, ReturnType<typeof signatureOf>>();
  for (const revision of new Set(rows.map((row) => row.specRevision)))
    signatures.set(revision, signatureOf(await specOf(revision)));
  const byName = new Map<string, FeatureColumn>();
  for (const signature of signatures.values()) {
    for (const column of signature.columns) {
      const cellOf = <T>(row: LoggedRow, cells: readonly T[]): T | undefined => {
        const own = signatures
          .get(row.specRevision)
          ?.columns.find((candidate) => candidate.name === column.name && candidate.kind === column.kind);
        return own === undefined ? undefined : cells[own.index];
      };
      byName.set(
        column.name,
        columnOf(
          column,
          () => rows.map((row) => cellOf(row, row.texts) ?? null),
          () => Float64Array.from(rows, (row) => cellOf(row, row.numbers) ?? Number.NaN),
        ),
      );
    }
  }
  return columnsOf(rows.length, [...byName.values()]);
}
