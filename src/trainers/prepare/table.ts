import { createHash } from 'node:crypto';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';

/** Labelled rows in time order, column by column. */
export interface TrainingTable {
  readonly rows: number;
  /** `_order` of each row, ascending. */
  readonly order: Float64Array;
  /** Epoch ms, NaN where missing; null for a model without event time. */
  readonly eventTimeMs: Float64Array | null;
  /** Class index in signature order, or the value. */
  readonly labels: Float64Array;
  readonly columns: FeatureColumns;
  /** Number columns that the value declaration reads, features or not. */
  readonly amounts: ReadonlyMap<string, Float64Array>;
}

/** SHA-256 of every value that a fit could see: two tables with one digest give one model. */
export function tableDigest(table: TrainingTable): string {
  const hash = createHash('sha256');
  const addNumbers = (values: Float64Array) =>
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  addNumbers(table.order);
  addNumbers(table.labels);
  if (table.eventTimeMs !== null) addNumbers(table.eventTimeMs);
  for (const column of table.columns.byName.values()) {
    hash.update(`\u0000${column.kind} ${column.name}\u0000`);
    if ('texts' in column) for (const text of column.texts) hash.update(text === null ? '\u0000' : `\u0001${text}`);
    else addNumbers(column.numbers);
  }
  return hash.digest('hex');
}

/** The most recent share (0..1] of a range, at least one row. */
export function recentShare(range: RowRange, share: number): RowRange {
  const rows = Math.max(1, Math.ceil((range.to - range.from) * share));
  return { from: Math.max(range.from, range.to - rows), to: range.to };
}
