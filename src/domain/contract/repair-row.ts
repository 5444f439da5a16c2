import { cellReader, type Cell } from '../cells/read-cell.ts';
import { compileCellRepair, isCellRepair, type CellText } from '../repairs/repair-cell.ts';
import type { ComparisonSign } from '../spec/closed-sets.ts';
import type { RowsSpec } from '../spec/columns/rows-spec.ts';
import type { DropRepair, RepairSpec } from '../spec/spec.ts';
import { compileRowCheck, rulesOfFilled, type RowCheck } from './check-row.ts';
import { compileCondition } from './compile-condition.ts';
import type { Condition } from './condition.ts';
import { columnNamed, contractColumns, type ContractColumn } from './contract-columns.ts';
import { isWellFormed } from './well-formed.ts';

type Row = Readonly<Record<string, unknown>>;

export interface RepairedRow {
  /** The row with the texts of its repaired cells in their places; the same object where nothing was repaired. */
  readonly row: Row;
  /** Names of the columns whose cell is another one by now, each once. */
  readonly repaired: readonly string[];
  /** A declared `drop` takes it out. */
  readonly isDropped: boolean;
  /** Columns without a value where a `fillLast` would look for one in the rows before it. */
  readonly awaited: readonly string[];
}

/**
 * The declared repairs as a function of one JSON row: those that look at nothing but the row. What a scan does beyond
 * them, `dedupe` and `fillLast`, needs other rows. Null where there is nothing to do.
 */
export function compileRowRepairs(spec: RowsSpec): ((row: Row) => RepairedRow) | null {
  const all = contractColumns(spec);
  const repairs = (spec.repairs ?? []).filter(({ repair }) => repair !== 'dedupe');
  const named = new Set(repairs.flatMap((repair) => ('column' in repair ? [repair.column] : [])));
  if (named.size === 0) return null;
  const columns = all.filter(({ name }) => named.has(name));
  const readers = columns.map((column) => ({ name: column.name, read: cellReader(column) }));
  const steps = repairs.flatMap((repair) => stepOf(repair, columns));
  return (row) => {
    if (!isWellFormed(row)) return { row, repaired: [], isDropped: false, awaited: [] };
    const came = readers.map(({ name, read }) => read(Object.hasOwn(row, name) ? row[name] : undefined));
    const cells = [...came];
    const awaited: string[] = [];
    const isDropped = steps.some((step) => step(cells, awaited));
    const changed = readers.flatMap(({ name }, index): [string, CellText][] => {
      const text = cells[index]?.text ?? null;
      return text === (came[index]?.text ?? null) ? [] : [[name, text]];
    });
    return {
      row: changed.length === 0 ? row : Object.fromEntries([...Object.entries(row), ...changed]),
      repaired: changed.map(([name]) => name),
      isDropped,
      awaited,
    };
  };
}

/** Changes the cells; true where the row is taken out, and no further step is taken. */
type Step = (cells: Cell[], awaited: string[]) => boolean;

function stepOf(repair: RepairSpec, columns: readonly ContractColumn[]): Step[] {
  if (repair.repair === 'dedupe') return [];
  const index = columns.findIndex(({ name }) => name === repair.column);
  if (isCellRepair(repair)) {
    const column = columnNamed(columns, repair.column);
    const [change, read] = [compileCellRepair(repair, column), cellReader(column)];
    return [
      (cells) => {
        const cell = cells[index];
        // Lists and objects are for the contract to set aside.
        if (cell === undefined || cell.isNested) return false;
        const text = change(cell.text);
        if (text !== cell.text) cells[index] = { ...read(text), text };
        return false;
      },
    ];
  }
  if (repair.repair === 'fillLast')
    return [
      (cells, awaited) => {
        if (cells[index]?.text === null) awaited.push(repair.column);
        return false;
      },
    ];
  const isBroken = compileCondition(dropCondition(repair), columns);
  return [(cells) => isBroken({ cells, eventKey: null, isInstant: false })];
}

const opposites: Record<ComparisonSign, ComparisonSign> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '=': '!=',
  '!=': '=',
};

/** What is broken by the rows that are to go. */
function dropCondition({ column, when }: DropRepair): Condition {
  if ('is' in when) return { test: 'missing', column };
  return { test: 'comparison', left: column, op: opposites[when.op], right: { value: when.value } };
}

/**
 * The contract of a model as a function of one row as it comes: repaired first. A row that is dropped breaks nothing,
 * and of a cell that may get its value from a row before it no rule is asked.
 */
export function compileRepairedCheck(spec: RowsSpec): RowCheck {
  const check = compileRowCheck(spec);
  const repair = compileRowRepairs(spec);
  if (repair === null) return check;
  const rulesOf = rulesOfFilled(spec);
  return (given) => {
    const { row, isDropped, awaited } = repair(given);
    if (isDropped) return [];
    const ids = check(row);
    return awaited.length === 0 ? ids : ids.filter((id) => !awaited.some((name) => rulesOf.get(name)?.has(id)));
  };
}
