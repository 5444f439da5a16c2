import { cellReader, type Cell } from '../cells/read-cell.ts';
import { isInstantKey, readOrderKey } from '../cells/read-instant.ts';
import { columnsNamedBy } from '../spec/columns/columns-named-by.ts';
import type { RowsSpec } from '../spec/columns/rows-spec.ts';
import { isAboutRows } from '../spec/columns/rule-subject.ts';
import { compileCondition, type ReadRow, type RowTest } from './compile-condition.ts';
import { bareEventTimeOf, contractColumns, type ContractColumn } from './contract-columns.ts';
import { shapeRule } from './row-rule.ts';
import { rowRules, type Asked } from './row-rules.ts';
import { eventTimeRuleId, sentinelRuleId } from './rules/time-rules.ts';
import { isWellFormed } from './well-formed.ts';

/** The ids of the rules that set a row aside, in the order of the contract; none for a row that is taken. */
export type RowCheck = (row: Readonly<Record<string, unknown>>) => readonly string[];

/**
 * The contract of a model as a function of one JSON row. It judges as the scan of a file does that has this row as a
 * line of NDJSON among rows with event times; `judgedByScanOnly` lists what it cannot judge.
 */
export function compileRowCheck(spec: RowsSpec, asked: Asked = { unlabelled: 'refuse' }): RowCheck {
  const columns = contractColumns(spec);
  const read = rowReader(spec, columns);
  const tests = rowRules(spec, asked).flatMap(({ id, severity, broken }): { id: string; isBroken: RowTest }[] => {
    return severity === 'warn' ? [] : [{ id, isBroken: compileCondition(broken, columns) }];
  });
  const untimedId = spec.eventTime === null ? null : eventTimeRuleId(spec.eventTime.column);
  return (given) => {
    if (!isWellFormed(given)) return unreadable;
    const row = read(given);
    let ids: string[] | null = null;
    for (const { id, isBroken } of tests) if (isBroken(row)) (ids ??= []).push(id);
    // A row without a place in time cannot be split by time.
    if (untimedId !== null && row.eventKey === null && ids?.includes(untimedId) !== true) (ids ??= []).push(untimedId);
    return ids ?? none;
  };
}

const none: readonly string[] = [];
const unreadable: readonly string[] = [shapeRule.id];

/** Reads one JSON row into the cells of these columns. */
export function rowReader(spec: RowsSpec, columns: readonly ContractColumn[]): (given: object) => ReadRow {
  const readers = columns.map((column) => ({ name: column.name, read: cellReader(column) }));
  const timeIndex = columns.findIndex(({ name }) => name === spec.eventTime?.column);
  const reading = columns[timeIndex]?.reading ?? {};
  return (given) => {
    const row = given as Readonly<Record<string, unknown>>;
    const cells: Cell[] = [];
    for (const { name, read } of readers) cells.push(read(Object.hasOwn(row, name) ? row[name] : undefined));
    const timeText = cells[timeIndex]?.text ?? null;
    return {
      cells,
      eventKey: timeText === null ? null : readOrderKey(timeText, reading),
      isInstant: timeText !== null && isInstantKey(timeText, reading),
    };
  };
}

/**
 * Ids of rules about single rows that the row check leaves to the scan, because they need other rows: repeated keys,
 * sentinels among event times that are plain numbers without a declared unit, which all of them together settle, and
 * cells that are filled from the row before.
 */
export function judgedByScanOnly(spec: RowsSpec): readonly string[] {
  const declared = spec.contract.rules.filter(({ rule }) => rule === 'unique');
  const bare = bareEventTimeOf(spec);
  const isUnsettled = bare !== null && spec.eventTime?.epochUnit === undefined;
  const filled = [...rulesOfFilled(spec).values()].flatMap((ids) => [...ids]);
  return [...new Set([...declared.map(({ id }) => id), ...(isUnsettled ? [sentinelRuleId(bare)] : []), ...filled])];
}

/**
 * By the columns that may be filled from the row before, the ids of rules that a row can break alone and keep among
 * others: besides the one that asks for a value all that name the column, such as `weight IS NOT NULL`.
 */
export function rulesOfFilled({
  repairs = [],
  contract: { rules },
}: Pick<RowsSpec, 'repairs' | 'contract'>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    repairs.flatMap((repair) => {
      if (repair.repair !== 'fillLast') return [];
      const { column } = repair;
      const naming = rules.filter((rule) => isAboutRows(rule) && columnsNamedBy(rule).includes(column));
      return [[column, new Set([`${column}.missing`, ...naming.map(({ id }) => id)])] as const];
    }),
  );
}
