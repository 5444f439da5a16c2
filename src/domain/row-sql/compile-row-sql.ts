import type { Cell, CellValue } from '../cells/read-cell.ts';
import { orderOfTexts } from '../cells/order-of-texts.ts';
import { charactersOf } from '../cells/characters-of.ts';
import { rounded } from '../repairs/number-text.ts';
import type { RowSql, RowSqlOperator } from './tree.ts';

/** Null is NULL: neither true nor false. */
type Value = CellValue | null;
type Cells = readonly Cell[];
type Compiled = (cells: Cells) => Value;

/**
 * An expression as a function of the cells of a row, with the values that the engine gives: three-valued logic, doubles
 * by IEEE 754 of which NaN equals itself and is the largest, texts by their characters.
 */
export function compileRowSql(tree: RowSql, indexOf: (column: string) => number): Compiled {
  if (tree.node === 'constant') {
    const { value } = tree;
    return () => value;
  }
  if (tree.node === 'column') {
    const index = indexOf(tree.name);
    return (cells) => cells[index]?.value ?? null;
  }
  return operators[tree.op](tree.of.map((one) => compileRowSql(one, indexOf)));
}

type Operator = (of: readonly Compiled[]) => Compiled;

const nothing: Compiled = () => null;

/** Null where any of them is. */
function strict(compute: (...values: CellValue[]) => Value): Operator {
  return (of) => (cells) => {
    const values: CellValue[] = [];
    for (const one of of) {
      const value = one(cells);
      if (value === null) return null;
      values.push(value);
    }
    return compute(...values);
  };
}

const ofNumbers = (compute: (left: number, right: number) => number): Operator =>
  strict((left, right) => compute(Number(left), Number(right)));
const ofTexts = (compute: (text: string, part: string) => boolean): Operator =>
  strict((text, part) => compute(String(text), String(part)));
const compared = (isKept: (order: number) => boolean): Operator =>
  strict((left, right) => isKept(orderOf(left, right ?? left)));

const isEqual = (left: Value, right: Value): Value =>
  left === null || right === null ? null : orderOf(left, right) === 0;

/** False where one of them is, null where one is of the rest. */
const all = (values: readonly Value[]): Value => (values.includes(false) ? false : values.includes(null) ? null : true);
const any = (values: readonly Value[]): Value => (values.includes(true) ? true : values.includes(null) ? null : false);

const operators: Record<RowSqlOperator, Operator> = {
  or: (of) => (cells) => any(of.map((one) => one(cells))),
  and: (of) => (cells) => all(of.map((one) => one(cells))),
  not: strict((value) => value !== true),
  '=': compared((order) => order === 0),
  '<>': compared((order) => order !== 0),
  '<': compared((order) => order < 0),
  '<=': compared((order) => order <= 0),
  '>': compared((order) => order > 0),
  '>=': compared((order) => order >= 0),
  '+': ofNumbers((left, right) => left + right),
  '-': ofNumbers((left, right) => left - right),
  '*': ofNumbers((left, right) => left * right),
  '/': ofNumbers((left, right) => left / right),
  '%': ofNumbers((left, right) => left % right),
  negate: strict((value) => -Number(value)),
  isNull:
    ([one = nothing]) =>
    (cells) =>
      one(cells) === null,
  isTrue:
    ([one = nothing]) =>
    (cells) =>
      one(cells) === true,
  isFalse:
    ([one = nothing]) =>
    (cells) =>
      one(cells) === false,
  between:
    ([one = nothing, low = nothing, high = nothing]) =>
    (cells) => {
      const value = one(cells);
      return all([isAtLeast(value, low(cells)), isAtLeast(high(cells), value)]);
    },
  in:
    ([one = nothing, ...listed]) =>
    (cells) => {
      const value = one(cells);
      return any(listed.map((other) => isEqual(value, other(cells))));
    },
  case: (of) => (cells) => {
    for (let index = 0; index + 1 < of.length; index += 2)
      if (of[index]?.(cells) === true) return of[index + 1]?.(cells) ?? null;
    return of.at(-1)?.(cells) ?? null;
  },
  abs: strict((value) => Math.abs(Number(value))),
  ceil: strict((value) => Math.ceil(Number(value))),
  floor: strict((value) => Math.floor(Number(value))),
  round: strict((value) => rounded(Number(value))),
  coalesce: (of) => (cells) => {
    for (const one of of) {
      const value = one(cells);
      if (value !== null) return value;
    }
    return null;
  },
  greatest: extreme((order) => order > 0),
  least: extreme((order) => order < 0),
  nullif:
    ([one = nothing, other = nothing]) =>
    (cells) => {
      const value = one(cells);
      return isEqual(value, other(cells)) === true ? null : value;
    },
  length: strict((text) => charactersOf(String(text))),
  contains: ofTexts((text, part) => text.includes(part)),
  starts_with: ofTexts((text, part) => text.startsWith(part)),
  ends_with: ofTexts((text, part) => text.endsWith(part)),
  epoch_ms: strict((time) => time),
};

function isAtLeast(left: Value, right: Value): Value {
  return left === null || right === null ? null : orderOf(left, right) >= 0;
}

/** Of those that are not null. */
function extreme(isBetter: (order: number) => boolean): Operator {
  return (of) => (cells) => {
    let best: Value = null;
    for (const one of of) {
      const value = one(cells);
      if (value !== null && (best === null || isBetter(orderOf(value, best)))) best = value;
    }
    return best;
  };
}

function orderOf(left: CellValue, right: CellValue): number {
  if (typeof left === 'string' && typeof right === 'string') return orderOfTexts(left, right);
  const [one, other] = [Number(left), Number(right)];
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  return one === other ? 0 : one < other ? -1 : 1;
}
