import { derive } from '../../domain/features/expressions/evaluate.ts';
import { isText } from '../../domain/features/kind-of.ts';
import type { DerivedColumn } from '../../domain/spec/signature.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';

/** Null is missing. */
export interface TextColumn {
  readonly name: string;
  readonly kind: FeatureKind;
  readonly texts: readonly (string | null)[];
}

/** NaN is missing; booleans are 1/0, times epoch ms. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: FeatureKind;
  readonly numbers: Float64Array;
}

/** One feature of many rows; of a kind that is text it has texts, else numbers. */
export type FeatureColumn = TextColumn | NumberColumn;

export interface FeatureColumns {
  readonly rows: number;
  readonly byName: ReadonlyMap<string, FeatureColumn>;
}

export function columnsOf(rows: number, columns: readonly FeatureColumn[]): FeatureColumns {
  return { rows, byName: new Map(columns.map((column) => [column.name, column])) };
}

/** The column of a feature, from whichever of the two its kind travels as. */
export function columnOf(
  { name, kind }: { readonly name: string; readonly kind: FeatureKind },
  texts: () => readonly (string | null)[],
  numbers: () => Float64Array,
): FeatureColumn {
  return isText({ kind }) ? { name, kind, texts: texts() } : { name, kind, numbers: numbers() };
}

/** Float64 of a value as JSON has it. */
const numberOf: Record<FeatureKind, (value: number | string | boolean) => number> = {
  number: Number,
  category: Number,
  boolean: Number,
  time: (value) => (typeof value === 'number' ? value : Date.parse(String(value))),
};

/** The column of a feature, from values as JSON has them; null is missing. */
export function columnFrom(
  feature: { readonly name: string; readonly kind: FeatureKind },
  values: readonly (number | string | boolean | null)[],
): FeatureColumn {
  return columnOf(
    feature,
    () => values.map((value) => (value === null ? null : String(value))),
    () => Float64Array.from(values, (value) => (value === null ? Number.NaN : numberOf[feature.kind](value))),
  );
}

/** A derived feature of rows whose inputs are columns, without a graph. */
export function deriveColumn(
  { name, kind, expression }: DerivedColumn,
  { rows, byName }: FeatureColumns,
): FeatureColumn {
  const cells = Array.from({ length: rows }, (_, row) =>
    derive(expression, (input) => {
      const column = byName.get(input);
      if (column === undefined) return null;
      return 'texts' in column ? (column.texts[row] ?? null) : (column.numbers[row] ?? Number.NaN);
    }),
  );
  return columnOf(
    { name, kind },
    () => cells.map((cell) => (cell === null ? null : String(cell))),
    () => Float64Array.from(cells, (cell) => (typeof cell === 'number' ? cell : Number.NaN)),
  );
}

/** The rows [from, to). Numbers are views, not copies. */
export function sliceColumns(columns: FeatureColumns, from: number, to: number): FeatureColumns {
  const sliced = [...columns.byName.values()].map((column): FeatureColumn =>
    'texts' in column
      ? { ...column, texts: column.texts.slice(from, to) }
      : { ...column, numbers: column.numbers.subarray(from, to) },
  );
  return columnsOf(to - from, sliced);
}

/** These rows, in this order. */
export function pickColumns(columns: FeatureColumns, rows: readonly number[]): FeatureColumns {
  const picked = [...columns.byName.values()].map((column): FeatureColumn =>
    'texts' in column
      ? { ...column, texts: rows.map((row) => column.texts[row] ?? null) }
      : { ...column, numbers: Float64Array.from(rows, (row) => column.numbers[row] ?? Number.NaN) },
  );
  return columnsOf(rows.length, picked);
}

/** A column in which every row is missing. */
export function missingColumn(name: string, kind: FeatureKind, rows: number): FeatureColumn {
  return columnOf(
    { name, kind },
    () => new Array<string | null>(rows).fill(null),
    () => new Float64Array(rows).fill(NaN),
  );
}

/** The numbers of a feature; NaN throughout for one that is not among the columns, or is text. */
export function numbersIn({ byName, rows }: FeatureColumns, name: string): Float64Array {
  const column = byName.get(name);
  return column === undefined || 'texts' in column ? new Float64Array(rows).fill(Number.NaN) : column.numbers;
}
