import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { exactKeyOf } from '../read/cells/numbers.ts';
import type { Duck } from '../duck/connect.ts';
import { collectRejects, refuseLostRows } from './collect-rejects.ts';
import { partsIn, type OpenTable } from '../read/table-file.ts';
import type { CellRole } from '../../domain/cells/cell-role.ts';
import { columnNamed } from '../../domain/contract/contract-columns.ts';
import { shapeRule, type RowRule } from '../../domain/contract/row-rule.ts';
import { rowRules, type Asked } from '../../domain/contract/row-rules.ts';
import { eventTimeRuleId } from '../../domain/contract/rules/time-rules.ts';
import { baseOf } from '../read/read-lossless.ts';
import { isRowwise, repairTable, type RepairedTable } from '../repairs/repair-table.ts';
import { anyBrokenSql } from './any-broken.ts';
import {
  checkedColumns,
  repairedColumns,
  repairedRows,
  typedRows,
  type CheckedColumn,
  type NamedColumn,
} from './checked-columns.ts';
import { partFiles, type CheckedParts } from './checked-parts.ts';
import { conditionSql } from './condition-sql.ts';
import { settleEpoch, type EpochFound } from './settle-epoch.ts';
import { identifier, literal, rowsOfFiles } from '../duck/sql.ts';

export interface CheckedRows {
  readonly columns: readonly NamedColumn[];
  readonly rules: readonly RowRule[];
  /** Rows that could be read as rows, whether good or bad. */
  readonly readable: number;
  /** Lines that the reader set aside (wrong number of cells, a stray quote, not UTF-8, …). */
  readonly rejected: number;
  /** False when the declared event time is empty in every row, so that rows are ordered as they stand in the file. */
  readonly hasEventTime: boolean;
  /** What declared repairs did before; null where none is declared. */
  readonly repaired: RepairedTable | null;
  /** What numbers of an event time count, where the definition does not say it and the rows do. */
  readonly epoch: EpochFound | null;
  /**
   * A SELECT of `n`, all values and the `event_key` of the source, where `checked` does not keep all of them
   * (`keptValues`) and they are read again; null where it does.
   */
  readonly valuesSql: string | null;
}

/**
 * One scan of the source into DuckDB's temporary table `checked` (`n`, `line`, the typed values, `event_key`, `ids` of
 * broken rules, `bad`), which spills to disk. With `parts` a table of several parts is scanned part by part, and what
 * is known of one is not scanned again; with a repair that asks for rows of other parts it is scanned as one. Rows that
 * cannot be split into cells stand in `rejected_rows`.
 */
export async function checkRows(
  duck: Duck,
  table: OpenTable,
  spec: RowsSpec,
  asked: Asked,
  { parts, kept = null }: { readonly parts?: CheckedParts | undefined } & Pick<ScanOptions, 'kept'> = {},
): Promise<CheckedRows> {
  const scanned = await scan(duck, table, spec, asked, parts, kept);
  const { repaired } = scanned;
  const rejected = await collectRejects(duck, table);
  const [count] = await duck.rows(
    'SELECT CAST(count(*) AS DOUBLE) AS readable, CAST(count(event_key) AS DOUBLE) AS timed FROM checked',
  );
  const readable = Number(count?.['readable'] ?? 0);
  refuseLostRows(table, readable + (repaired?.removed ?? 0));
  const hasEventTime = Number(count?.['timed'] ?? 0) > 0;
  if (spec.eventTime !== null && hasEventTime) await markUntimed(duck, spec.eventTime.column);
  const isUnsettled = hasEventTime && asked.isLogged !== true;
  const epoch = spec.eventTime !== null && isUnsettled ? await settleEpoch(duck, spec.eventTime.column) : null;
  return { ...scanned, readable, rejected, hasEventTime, epoch };
}

async function scan(
  duck: Duck,
  table: OpenTable,
  spec: RowsSpec,
  asked: Asked,
  parts: CheckedParts | undefined,
  kept: ReadonlySet<string> | null,
) {
  const count = partsIn(table);
  const inParts = parts === undefined || count < 2 || !(spec.repairs ?? []).every(isRowwise) ? null : { parts, count };
  const repaired = await repairTable(duck, table, spec, repairedColumns(spec), (repairsOf) =>
    inParts === null ? null : partFiles(duck, { ...inParts, first: 0 }, repairsOf),
  );
  const select = (part?: number) =>
    checkedSelect(table, spec, asked, {
      ...(part === undefined ? {} : { part }),
      ...(repaired === null ? { kept } : { repaired: repaired.rowsOf(part) }),
    });
  const { columns, rules, sql } = select();
  // Behind the parts of the repaired rows, where there are any.
  const first = repaired === null ? 0 : count;
  const judged =
    inParts === null ? sql : rowsOfFiles(await partFiles(duck, { ...inParts, first }, (part) => select(part).sql));
  await duck.run(`CREATE TEMP TABLE checked AS ${judged}`);
  const valuesSql = kept === null || repaired !== null ? null : typedRows(table, spec, baseOf(table)).sql;
  return { columns, rules, repaired, valuesSql };
}

interface ScanOptions {
  /** Only the rows of this part; all by default. */
  readonly part?: number;
  /** `RepairedTable.rowsOf`, which stand in the place of those of the table. */
  readonly repaired?: string;
  /** The columns whose values stand in the result (`keptValues`); all by default. */
  readonly kept?: ReadonlySet<string> | null;
}

/** The scan itself as a SELECT: also used to see how a table would fare without keeping its rows. */
export function checkedSelect(
  table: OpenTable,
  spec: RowsSpec,
  asked: Asked,
  { part, repaired, kept = null }: ScanOptions = {},
): Pick<CheckedRows, 'columns' | 'rules'> & { readonly sql: string } {
  const { columns, sql: typed } =
    repaired === undefined
      ? typedRows(table, spec, baseOf(table, part === undefined ? {} : { part }))
      : repairedRows(spec, repaired);
  const rules = rowRules(spec, asked);
  // A value that the rows under suspicion alone are asked for is worked out for these alone.
  const asIs = columns.map((column) => ({ ...column, value: column.judged }));
  const ids = rules.map(({ id, broken }) => `CASE WHEN ${conditionSql(broken, asIs)} THEN ${literal(id)} END`);
  // An unreadable row breaks that rule alone: the rest would only repeat it.
  const values = columns.filter(({ name }) => kept === null || kept.has(name)).map(({ value }) => value);
  const stays = ['n', 'line', ...values, ...exactKeys(spec, columns)].join(', ');
  // Most rows break nothing: the list of ids is made for the others alone.
  const sql = `SELECT ${stays}, event_key, event_instant, ids,
    CASE WHEN len(ids) = 0 THEN false ELSE list_has_any(ids, ${idList(rules)}) END AS bad FROM (
      SELECT *, CASE WHEN unreadable THEN [${literal(shapeRule.id)}] WHEN ${anyBrokenSql(rules, asIs)} THEN
      list_filter([${ids.join(', ')}], lambda id: id IS NOT NULL) ELSE [] END AS ids FROM (${typed}))`;
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
    WHERE event_key IS NULL AND
      NOT list_has_any(ids, [${literal(shapeRule.id)}, ${literal(eventTimeRuleId(column))}])`);
}

/** What a number column is told apart by in a `unique` rule: a double makes one of two large keys. */
function exactKeys(spec: RowsSpec, columns: readonly CheckedColumn[]): readonly string[] {
  const named = new Set(spec.contract.rules.flatMap((rule) => (rule.rule === 'unique' ? rule.columns : [])));
  return columns
    .filter((column) => named.has(column.name) && isRounded[column.role])
    .map((column) => `${exactKeyOf(column.text, column.value)} AS ${uniqueKeyOf(column)}`);
}

function uniqueKeyOf({ role, value }: NamedColumn): string {
  return isRounded[role] ? `key_${value}` : value;
}

/** Roles whose typed value has fewer digits than the cell may have. */
const isRounded: Record<CellRole, boolean> = {
  number: true,
  category: false,
  boolean: false,
  time: false,
  label: false,
  key: false,
};

/** Marks repetitions among the rows that are good so far; the first of each group stays. */
export async function markDuplicates(duck: Duck, spec: RowsSpec, columns: readonly NamedColumn[]): Promise<void> {
  for (const [index, rule] of spec.contract.rules.entries()) {
    if (rule.rule !== 'unique') continue;
    const keys = rule.columns.map((name) => uniqueKeyOf(columnNamed(columns, name)));
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
export function absentColumns(table: OpenTable, spec: RowsSpec): readonly string[] {
  const present = new Set(table.columns.map((column) => column.name));
  return checkedColumns(spec)
    .map((column) => column.name)
    .filter((name) => !present.has(name));
}
