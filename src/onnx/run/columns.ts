import type { FeatureKind } from '../../domain/spec/spec.ts';

/**
 * Many rows, column by column. NaN is missing in `numbers` (booleans are 1/0, times epoch ms); null is missing in
 * `texts`.
 */
export type FeatureColumn =
  | { readonly name: string; readonly kind: Exclude<FeatureKind, 'category'>; readonly numbers: Float64Array }
  | { readonly name: string; readonly kind: 'category'; readonly texts: readonly (string | null)[] };

export interface FeatureColumns {
  readonly rows: number;
  readonly byName: ReadonlyMap<string, FeatureColumn>;
}

export function columnsOf(rows: number, columns: readonly FeatureColumn[]): FeatureColumns {
  return { rows, byName: new Map(columns.map((column) => [column.name, column])) };
}

/** The rows [from, to). Numbers are views, not copies. */
export function sliceColumns(columns: FeatureColumns, from: number, to: number): FeatureColumns {
  const sliced = [...columns.byName.values()].map((column): FeatureColumn =>
    column.kind === 'category'
      ? { ...column, texts: column.texts.slice(from, to) }
      : { ...column, numbers: column.numbers.subarray(from, to) },
  );
  return columnsOf(to - from, sliced);
}

/** A column in which every row is missing. */
export function missingColumn(name: string, kind: FeatureKind, rows: number): FeatureColumn {
  return kind === 'category'
    ? { name, kind, texts: new Array<string | null>(rows).fill(null) }
    : { name, kind, numbers: new Float64Array(rows).fill(NaN) };
}
