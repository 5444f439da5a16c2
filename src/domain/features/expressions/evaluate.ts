import { calendarParts } from './calendar-parts.ts';
import { msPerUnit } from './closed-sets.ts';
import {
  crossSign,
  textLengthMax,
  type Expression,
  type Operation,
  type OperationOf,
  type Operator,
} from './expression.ts';
import { offsetMsOf } from './time-offset.ts';

/** A text, null when missing; or a float64, NaN when missing. A truth value is 1 or 0, a time epoch milliseconds. */
export type Cell = number | string | null;

/** The value of an input in this row, as a row carries it. */
export type ReadInput = (name: string) => Cell;

/** The largest float32. */
const float32Max = 3.4028234663852886e38;

/**
 * What a derived feature is in one row, computed as the graph computes it: in float64, rounded to float32 at the end
 * (exact but for log1p, which may differ in the last bit of a float32).
 */
export function derive(expression: Expression, read: ReadInput): number | string | null {
  const cell = evaluate(expression, read);
  if (typeof cell !== 'number') return cell;
  return Math.abs(cell) > float32Max ? NaN : Math.fround(cell);
}

function evaluate(expression: Expression, read: ReadInput): Cell {
  if (expression.op === 'value') return expression.value;
  if (expression.op === 'column') return inputOf(read(expression.name));
  const rule: (operation: Operation, operands: readonly Cell[]) => Cell = meaningOf(expression.op);
  return rule(
    expression,
    expression.of.map((operand) => evaluate(operand, read)),
  );
}

/** No infinity is a value, and neither is the empty text. */
function inputOf(cell: Cell): Cell {
  if (typeof cell === 'number') return finite(cell);
  return cell === '' ? null : cell;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}

/** Methods, so that the meaning of one operator stands for any. */
type Meanings = { readonly [Name in Operator]: { of(operation: OperationOf<Name>, operands: readonly Cell[]): Cell } };

function meaningOf(op: Operator): (operation: Operation, operands: readonly Cell[]) => Cell {
  const meaning: { of(operation: Operation, operands: readonly Cell[]): Cell } = meanings[op];
  return (operation, operands) => meaning.of(operation, operands);
}

const folded = (step: (left: number, right: number) => number) => ({
  of: (_: unknown, operands: readonly Cell[]): Cell =>
    operands.map(numberIn).reduce((left, right) => finite(step(left, right))),
});

const inCalendar = (part: (ms: number) => number) => ({
  of({ timeZone }: { readonly timeZone: string }, [at]: readonly Cell[]): Cell {
    return part(numberIn(at) + (offsetMsOf(timeZone) ?? NaN));
  },
});

const meanings: Meanings = {
  sum: folded((left, right) => left + right),
  product: folded((left, right) => left * right),
  difference: folded((left, right) => left - right),
  ratio: folded((left, right) => left / right),
  log1p: { of: (_, [value]) => log1p(numberIn(value)) },
  bucket: {
    of({ edges }, [operand]) {
      const value = numberIn(operand);
      return Number.isNaN(value) ? NaN : edges.filter((edge) => value >= edge).length;
    },
  },
  clip: {
    of({ min, max }, [operand]) {
      const value = numberIn(operand);
      return value < min ? min : value > max ? max : value;
    },
  },
  hour: inCalendar((ms) => calendarParts(ms).hour),
  weekday: inCalendar((ms) => calendarParts(ms).weekday),
  dayOfMonth: inCalendar((ms) => calendarParts(ms).dayOfMonth),
  month: inCalendar((ms) => calendarParts(ms).month),
  age: { of: ({ unit }, [later, earlier]) => finite(numberIn(later) - numberIn(earlier)) / msPerUnit[unit] },
  textLength: {
    of: (_, [operand]) => (typeof operand === 'string' ? Math.min(textLengthMax, [...operand].length) : NaN),
  },
  isWord: { of: ({ word }, [operand]) => (typeof operand === 'string' ? Number(operand === word) : NaN) },
  isMissing: { of: (_, [operand]) => Number(isMissing(operand)) },
  cross: {
    of: (_, [left, right]) =>
      typeof left === 'string' && typeof right === 'string' ? `${left}${crossSign}${right}` : null,
  },
  holds: {
    of({ sign }, operands) {
      const [left = NaN, right = NaN] = operands.map(numberIn);
      return Number.isNaN(left) || Number.isNaN(right) ? NaN : Number(comparisons[sign](left, right));
    },
  },
  coalesce: { of: (_, operands) => operands.find((operand) => !isMissing(operand)) ?? operands[0] ?? null },
};

const comparisons: Readonly<Record<OperationOf<'holds'>['sign'], (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
};

function isMissing(cell: Cell | undefined): boolean {
  return cell === null || cell === undefined || Number.isNaN(cell);
}

function numberIn(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : NaN;
}

/** Kahan's: exact to a few units in the last place near 0 as well. Formula as in HP-15C, Advanced Functions, p. 193. */
function log1p(value: number): number {
  if (!(value >= 0)) return NaN;
  const above = 1 + value;
  return above === 1 ? value : Math.log(above) * (value / (above - 1));
}
