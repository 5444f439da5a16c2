import type { CellRole } from '../../domain/cells/cell-role.ts';
import type { BatchRepair, DedupeRepair, DropRepair } from '../../domain/spec/parts/repair-spec.ts';
import { typedCell } from '../read/cells/cells.ts';
import { constantOf } from '../read/cells/constant-of.ts';
import { orderKeyOf } from '../read/cells/instants.ts';
import { exactKeyOf } from '../read/cells/numbers.ts';
import type { RepairedColumn } from './repaired-column.ts';

interface BatchColumns {
  /** Columns to be added, one list behind the other. */
  readonly layers: readonly (readonly string[])[];
  /** When it takes a row out; null for one that does not. */
  readonly removed: string | null;
  readonly cell: { readonly before: string; readonly after: string } | null;
}

/** A repair that looks at other rows, or takes rows out, over the texts as they are by now. */
export function batchColumns(
  index: number,
  repair: BatchRepair,
  columnOf: (name: string) => RepairedColumn,
  eventTime: RepairedColumn | null,
): BatchColumns {
  switch (repair.repair) {
    case 'fillLast':
      return fillLast(index, columnOf(repair.column), columnOf(repair.by), eventTime);
    case 'dedupe':
      return dedupe(index, repair, repair.by.map(columnOf), eventTime);
    case 'drop':
      return drop(index, repair, columnOf(repair.column));
  }
}

/** What orders rows: their event time, and then their place. Rows without a time follow each other apart. */
function timeKey(index: number, eventTime: RepairedColumn | null): string {
  const key = eventTime === null ? 'CAST(NULL AS DOUBLE)' : orderKeyOf(eventTime.text, eventTime.reading);
  return `${key} AS k${index}`;
}

function fillLast(
  index: number,
  { text, nested }: RepairedColumn,
  by: RepairedColumn,
  eventTime: RepairedColumn | null,
): BatchColumns {
  const [key, last, after] = [`k${index}`, `x${index}`, `s${index}`];
  const known = `last_value(CASE WHEN NOT ${nested} THEN ${text} END IGNORE NULLS) OVER (
    PARTITION BY ${by.text}, removed IS NULL, ${key} IS NULL ORDER BY ${key}, n
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  const isLeft = `unreadable OR removed IS NOT NULL OR ${by.text} IS NULL`;
  return {
    layers: [
      [timeKey(index, eventTime)],
      [`${known} AS ${last}`],
      [`CASE WHEN ${isLeft} THEN ${text} ELSE coalesce(${text}, ${last}) END AS ${after}`],
    ],
    removed: null,
    cell: { before: text, after },
  };
}

const orders: Record<DedupeRepair['keep'], (key: string) => string> = {
  first: () => 'n',
  last: () => 'n DESC',
  newest: (key) => `${key} DESC NULLS LAST, n DESC`,
};

function dedupe(
  index: number,
  { keep }: DedupeRepair,
  by: readonly RepairedColumn[],
  eventTime: RepairedColumn | null,
): BatchColumns {
  const keys = by.map((_, at) => `u${index}_${at}`);
  const values = by.map((column, at) => `${valueOf(column)} AS v${index}_${at}`);
  const exact = by.map(({ role, text }, at) => {
    const value = `v${index}_${at}`;
    return `${exactKeys[role](text, value)} AS ${keys[at] ?? ''}`;
  });
  const place = `p${index}`;
  return {
    layers: [
      [timeKey(index, eventTime), ...values],
      exact,
      [
        `row_number() OVER (PARTITION BY ${keys.join(', ')}, removed IS NULL ORDER BY ${orders[keep](`k${index}`)})
          AS ${place}`,
      ],
    ],
    // A row without a whole key is the repetition of none.
    removed: `${place} > 1 AND ${keys.map((key) => `${key} IS NOT NULL`).join(' AND ')}`,
    cell: null,
  };
}

const asTyped = (_: string, value: string): string => value;

/** By what a value is told from another one: a double makes one of two large keys. */
const exactKeys: Record<CellRole, (text: string, value: string) => string> = {
  number: exactKeyOf,
  category: asTyped,
  boolean: asTyped,
  time: asTyped,
  label: asTyped,
  key: asTyped,
};

function valueOf({ role, text, declared: { words }, reading }: RepairedColumn): string {
  return typedCell(role, text, { words, reading });
}

function drop(index: number, { when }: DropRepair, column: RepairedColumn): BatchColumns {
  if ('is' in when) return { layers: [], removed: `${column.text} IS NULL`, cell: null };
  const value = `v${index}`;
  const sign = when.op === '!=' ? '<>' : when.op;
  return {
    layers: [[`${valueOf(column)} AS ${value}`]],
    removed: `coalesce(${value} ${sign} ${constantOf(column.role, when.value)}, false)`,
    cell: null,
  };
}
