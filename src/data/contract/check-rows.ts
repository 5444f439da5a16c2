import type { ModelSpec } from '../../domain/spec/spec.ts';
import { orderKeyOf } from '../read/cells.ts';
import type { Duck } from '../duck/connect.ts';
import { collectRejects, correctLines } from './collect-rejects.ts';
import type { OpenTable } from '../read/table-file.ts';
import { baseOf } from '../read/read-lossless.ts';
import { checkedColumns, columnNamed, textList, valueList, type CheckedColumn } from './checked-columns.ts';
import { shapeRule, type RowRule } from './row-rule.ts';
import { rowRules, type Asked } from './row-rules.ts';
import { identifier, literal } from '../duck/sql.ts';

export interface CheckedRows {
  readonly columns: readonly CheckedColumn[];
  readonly rules: readonly RowRule[];
  /** Rows that could be read as rows, whether good or bad. */
  readonly readable: number;
  /** Rows that the reader itself refused (CSV: wrong number of cells, bad quotes, not UTF-8). */
  readonly rejected: number;
  /** False when the declared event time is empty in every row, so that rows are ordered as they stand in the file. */
  readonly hasEventTime: boolean;
}

/**
 * One scan of the source into DuckDB's temporary table `checked` (`n`, `line`, the typed values, `event_key`, `ids` of
 * broken rules, `bad`), which spills to disk. Rows that cannot be split into cells stand in `rejected_rows`.
 */
export async function checkRows(duck: Duck, table: OpenTable, spec: ModelSpec, asked: Asked): Promise<CheckedRows> {
  const { columns, rules, sql } = checkedSelect(table, spec, asked);
  await duck.run(`CREATE TEMP TABLE checked AS ${sql}`);
  const rejected = await collectRejects(duck, table);
  if (rejected > 0) await correctLines(duck, table);
  const [count] = await duck.rows(
    'SELECT CAST(count(*) AS DOUBLE) AS readable, CAST(count(event_key) AS DOUBLE) AS timed FROM checked',
  );
  const hasEventTime = Number(count?.['timed'] ?? 0) > 0;
  if (spec.eventTime !== null && hasEventTime) await markUntimed(duck, spec.eventTime.column);
  return { columns, rules, readable: Number(count?.['readable'] ?? 0), rejected, hasEventTime };
}

/** The scan itself as a SELECT: also used to see how a table would fare without keeping its rows. */
export function checkedSelect(
  table: OpenTable,
  spec: ModelSpec,
  asked: Asked,
): Pick<CheckedRows, 'columns' | 'rules'> & { readonly sql: string } {
  const columns = checkedColumns(spec);
  const rules = rowRules(spec, columns, asked);
  const key =
    spec.eventTime === null ? 'CAST(NULL AS DOUBLE)' : orderKeyOf(columnNamed(columns, spec.eventTime.column).text);
  const ids = rules.map((rule) => `CASE WHEN ${rule.broken} THEN ${literal(rule.id)} END`);
  const rows = baseOf(table, { shouldKeepRejects: true });
  // An unreadable row breaks that rule alone: the rest would only repeat it.
  const sql = `SELECT n, line, ${columns.map((column) => column.value).join(', ')}, event_key, ids,
    list_has_any(ids, ${idList(rules)}) AS bad FROM (
      SELECT *, CASE WHEN unreadable THEN [${literal(shapeRule.id)}] ELSE list_filter([${ids.join(', ')}], lambda
      id: id IS NOT NULL) END AS ids FROM (
        SELECT n, line, unreadable, ${columns.map((column) => `${column.text}, ${column.nested}`).join(', ')},
        ${valueList(columns)}, ${key} AS event_key FROM (
          SELECT n, line, unreadable, ${textList(table, columns)} FROM ${rows})))`;
  return { columns, rules, sql };
}

/** Rule ids whose breach takes the row out: everything but warnings. */
function idList(rules: readonly RowRule[]): string {
  return `[${rules
    .filter((rule) => rule.severity !== 'warn')
    .map((rule) => literal(rule.id))
    .join(', ')}]`;
}

/** Rows without a place in time cannot be split by time; a column that is empty throughout is another matter. */
async function markUntimed(duck: Duck, column: string): Promise<void> {
  await duck.run(`UPDATE checked SET ids = list_append(ids, ${literal(eventTimeRuleId(column))}), bad = true
    WHERE event_key IS NULL AND NOT list_contains(ids, ${literal(shapeRule.id)})`);
}

export function eventTimeRuleId(column: string): string {
  return `${column}.eventTime`;
}

/** Marks repetitions among the rows that are good so far; the first of each group stays. */
export async function markDuplicates(duck: Duck, spec: ModelSpec, columns: readonly CheckedColumn[]): Promise<void> {
  for (const [index, rule] of spec.contract.rules.entries()) {
    if (rule.rule !== 'unique') continue;
    const keys = rule.columns.map((name) => columnNamed(columns, name).value);
    const repeated = identifier(`repeated_${index}`);
    await duck.run(`CREATE TEMP TABLE ${repeated} AS SELECT n FROM (
      SELECT n, row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY n) AS place FROM checked
      WHERE NOT bad AND ${keys.map((key) => `${key} IS NOT NULL`).join(' AND ')}) WHERE place > 1`);
    await duck.run(`UPDATE checked SET ids = list_append(ids, ${literal(rule.id)}), bad =
      ${rule.severity === 'warn' ? 'bad' : 'true'}
      WHERE n IN (SELECT n FROM ${repeated})`);
  }
}

/** Names of the declared columns that the table lacks. */
export function absentColumns(table: OpenTable, spec: ModelSpec): readonly string[] {
  const present = new Set(table.columns.map((column) => column.name));
  return checkedColumns(spec)
    .map((column) => column.name)
    .filter((name) => !present.has(name));
}
