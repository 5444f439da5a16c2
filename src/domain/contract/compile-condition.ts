import type { Cell, CellValue } from '../cells/read-cell.ts';
import { charactersOf } from '../cells/characters-of.ts';
import { orderOfTexts } from '../cells/order-of-texts.ts';
import { compileRowSql } from '../row-sql/compile-row-sql.ts';
import { compilePattern } from '../cells/pattern.ts';
import { isBeyondExact, readNumber } from '../cells/read-number.ts';
import { epochMsMax, isLocalDate, isSentinel, plausibleMs, readIso } from '../cells/read-instant.ts';
import type { CellRole } from '../cells/cell-role.ts';
import type { Condition, ConditionOf, RightSide } from './condition.ts';
import type { ContractColumn } from './contract-columns.ts';

/** A row on its way through the check: its cells in the order of the columns, and its place in time. */
export interface ReadRow {
  readonly cells: readonly Cell[];
  /** What orders it; null without an event time, and where the row has none. */
  readonly eventKey: number | null;
  /** Whether that is epoch milliseconds, whatever the other rows are. */
  readonly isInstant: boolean;
}

export type RowTest = (row: ReadRow) => boolean;

/** A condition as a function of rows. */
export function compileCondition(condition: Condition, columns: readonly ContractColumn[]): RowTest {
  const cellOf = (name: string): ((row: ReadRow) => Cell) => {
    const index = indexOf(columns, name);
    return ({ cells }) => cells[index] ?? noCell;
  };
  const ofNumber = (name: string, isBroken: (value: number, text: string) => boolean): RowTest => {
    const cell = cellOf(name);
    return (row) => {
      const { value, text } = cell(row);
      return typeof value === 'number' && text !== null && isBroken(value, text);
    };
  };
  const ofText = (name: string, isBroken: (text: string, cell: Cell) => boolean): RowTest => {
    const cell = cellOf(name);
    return (row) => {
      const read = cell(row);
      return read.text !== null && isBroken(read.text, read);
    };
  };
  switch (condition.test) {
    case 'unreadable':
      return () => false;
    case 'missing': {
      const cell = cellOf(condition.column);
      return (row) => cell(row).text === null;
    }
    case 'nested': {
      const cell = cellOf(condition.column);
      return (row) => cell(row).isNested;
    }
    case 'untyped': {
      const { isDateApart } = condition;
      return ofText(condition.column, (text, { value }) => value === null && !(isDateApart && isLocalDate(text)));
    }
    case 'localDate':
      return ofText(condition.column, isLocalDate);
    case 'notOneOf': {
      const values = new Set(condition.values);
      const { isNestedApart } = condition;
      return ofText(condition.column, (_text, { value, isNested }) => {
        return value !== null && !(isNestedApart && isNested) && !values.has(String(value));
      });
    }
    case 'outside': {
      const { min = -Infinity, max = Infinity } = condition;
      return ofNumber(condition.column, (value) => value < min || value > max);
    }
    case 'fraction':
      return ofNumber(condition.column, (value) => value !== Math.floor(value));
    case 'beyondExact':
      return ofNumber(condition.column, (value, text) => isBeyondExact(text, value));
    case 'implausibleEpoch':
      return ofNumber(condition.column, (value, text) => {
        return (Math.abs(value) < plausibleMs.from || value > plausibleMs.through) && isPlainNumber.test(text);
      });
    case 'sentinel':
      return ofNumber(condition.column, isSentinel);
    case 'sentinelKey':
      return ({ eventKey, isInstant }) => eventKey !== null && isSentinelKey(eventKey, isInstant);
    case 'placeless': {
      const { isDateApart } = condition;
      const cell = cellOf(condition.column);
      return (row) => {
        const { text } = cell(row);
        return text !== null && row.eventKey === null && !(isDateApart && isLocalDate(text));
      };
    }
    case 'comparison':
      return comparison(condition, columns, cellOf);
    case 'length': {
      const { min = 0, max = Infinity } = condition;
      return ofText(condition.column, (text) => {
        const length = charactersOf(text);
        return length < min || length > max;
      });
    }
    case 'pattern': {
      const isMatch = compilePattern(condition.pattern);
      return ofText(condition.column, (text) => !isMatch(text));
    }
    case 'expression': {
      const isKept = compileRowSql(condition.tree, (name) => indexOf(columns, name));
      return ({ cells }) => isKept(cells) === false;
    }
    case 'decimals': {
      const limit = Number(`1e${condition.whole}`);
      const scale = Number(`1e${condition.scale}`);
      return ofNumber(condition.column, (value) => {
        return Math.abs(value) >= limit || Math.floor(value * scale + 0.5) / scale !== value;
      });
    }
  }
}

function indexOf(columns: readonly ContractColumn[], name: string): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index < 0) throw new TypeError(`column ${name} is not declared`);
  return index;
}

const noCell: Cell = { text: null, value: null, isNested: false };

export const plainNumberPattern = String.raw`-?\d+(\.\d+)?`;
const isPlainNumber = new RegExp(`^(?:${plainNumberPattern})$`);

/** The first millisecond of the last year that calendars know: a number from here on says "never" even as a counter. */
export const lastYearMs = { from: 253_370_764_800_000, through: epochMsMax };

/** A counter orders rows and is no time, except where it says the last year that calendars know. */
function isSentinelKey(key: number, isInstant: boolean): boolean {
  return (isInstant || (key >= lastYearMs.from && key <= lastYearMs.through)) && isSentinel(key);
}

function comparison(
  { left, op, right }: ConditionOf<'comparison'>,
  columns: readonly ContractColumn[],
  cellOf: (name: string) => (row: ReadRow) => Cell,
): RowTest {
  const leftCell = cellOf(left);
  const isKept = kept[op];
  const rightValue = rightSide(right, columns.find(({ name }) => name === left)?.role ?? 'category', cellOf);
  return (row) => {
    const one = leftCell(row).value;
    const other = rightValue(row);
    return one !== null && other !== null && !isKept(orderOf(one, other));
  };
}

const kept: Record<ConditionOf<'comparison'>['op'], (order: number) => boolean> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
};

/** A missing side keeps the row. */
function rightSide(
  right: RightSide,
  role: CellRole,
  cellOf: (name: string) => (row: ReadRow) => Cell,
): (row: ReadRow) => CellValue | null {
  if ('column' in right) {
    const cell = cellOf(right.column);
    return (row) => cell(row).value;
  }
  const constant = constants[role](right.value);
  return () => constant;
}

type Constant = (value: number | string | boolean) => CellValue | null;
const numberConstant: Constant = (value) => (typeof value === 'number' ? value : readNumber(String(value)));

/** The constant takes the type of the column: `amount > "5"` compares numbers and `at > "2026-01-01"` instants. */
const constants: Record<CellRole, Constant> = {
  number: numberConstant,
  category: String,
  boolean: (value) => String(value) === 'true',
  time: (value) => (typeof value === 'string' ? readIso(value) : numberConstant(value)),
  label: String,
  key: String,
};

function orderOf(left: CellValue, right: CellValue): number {
  if (typeof left === 'string' && typeof right === 'string') return orderOfTexts(left, right);
  return Number(left) - Number(right);
}
