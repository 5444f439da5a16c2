import { columnNamed } from '../../domain/contract/contract-columns.ts';
import { plausibleMs } from '../../domain/cells/read-instant.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import type { FeatureKind, ModelSpec } from '../../domain/spec/spec.ts';
import { classesOf, taskOf } from '../../domain/tasks/task-of.ts';
import { openDuck, type DuckDbSettings } from '../duck/connect.ts';
import { openTable } from '../read/open-table.ts';
import { baseOf } from '../read/read-lossless.ts';
import { typedRows, type NamedColumn } from '../contract/checked-columns.ts';

export type RowValue = number | string | boolean | null;

/** One row as a client would send it, with what becomes known later. */
export interface TableRow {
  /** 0-based place among the readable rows of the file. */
  readonly index: number;
  /**
   * Values by feature name: numbers, booleans, text, times as ISO 8601 in UTC; null when missing or of another type.
   */
  readonly features: Readonly<Record<string, RowValue>>;
  /** The label in the words of the business (a number as text for regression); null when there is none that fits. */
  readonly label: string | null;
  readonly entity: string | null;
  /** Null without an event time, or when it is a plain number rather than an instant. */
  readonly eventTimeMs: number | null;
}

interface StreamOptions {
  /** Rows to leave out at the start: the history (default 0). */
  readonly fromRow?: number;
  /** Largest number of rows handed over at once (default 1,000). */
  readonly chunkRows?: number;
  readonly settings?: DuckDbSettings;
}

/**
 * The rows of a table in file order, in bounded chunks. Typed by the same SQL as the contract's check, so history and
 * replay agree.
 */
export async function* streamRows(
  file: { readonly path: string; readonly format: DataFormat },
  spec: ModelSpec,
  options: StreamOptions = {},
): AsyncGenerator<TableRow[]> {
  const settings = options.settings ?? {};
  const chunkRows = Math.max(1, options.chunkRows ?? 1_000);
  const handle = await openDuck({ ...settings, threads: 1, isForeign: true });
  const table = await openTable(handle.duck, file.path, { expected: file.format, settings }).catch(
    async (error: unknown) => {
      await handle.close();
      throw error;
    },
  );
  try {
    const { columns, sql: typed } = typedRows(table, spec, baseOf(table, { rowsSkipped: options.fromRow ?? 0 }));
    const values = columns.map(({ value }) => value).join(', ');
    const sql = `SELECT CAST(n AS DOUBLE) AS n, event_key, event_instant, ${values} FROM (${typed})`;
    const read = rowReader(spec, columns);
    let pending: TableRow[] = [];
    for await (const rows of handle.duck.stream(sql)) {
      for (const row of rows) {
        pending.push(read(row));
        if (pending.length < chunkRows) continue;
        yield pending;
        pending = [];
      }
    }
    if (pending.length > 0) yield pending;
  } finally {
    await handle.close();
    await table.close();
  }
}

/** Where each value stands is looked up once, not once per row. */
function rowReader(
  spec: ModelSpec,
  columns: readonly NamedColumn[],
): (row: Readonly<Record<string, unknown>>) => TableRow {
  const keyOf = (name: string) => columnNamed(columns, name).value;
  const cells = spec.features.map((feature) => ({
    name: feature.name,
    key: keyOf(feature.name),
    whole: wholeCells[feature.kind],
  }));
  const target = keyOf(spec.target.column);
  const entityKey = spec.entity === null ? null : keyOf(spec.entity.column);
  const classes = classesOf(spec.target);
  const { labels } = taskOf(spec.target.task);
  return (row) => {
    // A column may be called `__proto__`, and must not become what the row is made of.
    const features: Record<string, RowValue> = Object.create(null);
    for (const { name, key, whole } of cells) features[name] = jsonOf(row[key], whole);
    const entity = entityKey === null ? null : jsonOf(row[entityKey], Number);
    const eventKey = row['event_key'];
    const label = row[target];
    return {
      index: Number(row['n']) - 1,
      features,
      label: typeof label === 'string' || typeof label === 'number' ? labels.textOf(label, classes) : null,
      entity: entity === null ? null : String(entity),
      eventTimeMs: instantOf(eventKey, row['event_instant'] === true),
    };
  };
}

/** A number is an instant within the same bounds as in the snapshot. */
function instantOf(eventKey: unknown, isInstantSure: boolean): number | null {
  if (typeof eventKey !== 'number') return null;
  const isPlausible = eventKey >= plausibleMs.from && eventKey <= plausibleMs.through;
  return isInstantSure || isPlausible ? Math.round(eventKey) : null;
}

/** What a BIGINT of the engine is on the wire. */
const wholeCells: Record<FeatureKind, (value: bigint) => RowValue> = {
  number: Number,
  category: Number,
  boolean: Number,
  time: (value) => isoOf(Number(value)),
};

function jsonOf(value: unknown, whole: (value: bigint) => RowValue): RowValue {
  if (typeof value === 'bigint') return whole(value);
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** Outside of what JavaScript calls a date, the number itself is as good on the wire. */
function isoOf(epochMs: number): string | number {
  return Math.abs(epochMs) <= 8.64e15 ? new Date(epochMs).toISOString() : epochMs;
}
