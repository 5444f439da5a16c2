import type { AgeUnit, CalendarOperator, PlainOperator } from '../../domain/features/expressions/closed-sets.ts';
import type { Expression } from '../../domain/features/expressions/expression.ts';
import type { ComparisonSign } from '../../domain/spec/closed-sets.ts';

/**
 * What a derived feature is computed from, for the compiler: of what kind the result is. A column is of any kind here,
 * since only the definition knows; `defineModel` then refuses the hour of a number.
 */
declare const result: unique symbol;
type Result = 'number' | 'truth' | 'text' | 'time';

/** An expression as plain data. */
export interface Computed<Kind extends Result = Result> {
  readonly expression: Expression;
  readonly [result]?: Kind;
}
type ColumnOperand = Computed<Result> & { readonly expression: Extract<Expression, { op: 'column' }> };
type NumberOperand = number | Computed<'number' | 'truth'> | ColumnOperand;
type TextOperand = Computed<'text'> | ColumnOperand;
type TimeOperand = Computed<'time'> | ColumnOperand;

/** Says that a derived feature is one; a request does not carry it. */
export interface DerivedDeclaration {
  readonly kind: 'derived';
  readonly expression: Expression;
  readonly about?: string;
}

/** A feature that is computed from inputs of the same row, in training and in serving by the same nodes. */
export function derived(computed: Computed, options: { readonly about?: string } = {}): DerivedDeclaration {
  const { about } = options;
  return { kind: 'derived', expression: computed.expression, ...(about === undefined ? {} : { about }) };
}

/** An input of the model, by its name. */
export function col(name: string): ColumnOperand {
  return { expression: { op: 'column', name } };
}

/** Missing where either is, and where the divisor is 0. */
export function ratio(dividend: NumberOperand, divisor: NumberOperand): Computed<'number'> {
  return plain('ratio', [dividend, divisor]);
}

/** `from` minus `taken`; missing where either is. */
export function difference(from: NumberOperand, taken: NumberOperand): Computed<'number'> {
  return plain('difference', [from, taken]);
}

/** Of 2 to 16. */
export function sum(...operands: readonly [NumberOperand, NumberOperand, ...NumberOperand[]]): Computed<'number'> {
  return plain('sum', operands);
}

/** Of 2 to 16. */
export function product(...operands: readonly [NumberOperand, NumberOperand, ...NumberOperand[]]): Computed<'number'> {
  return plain('product', operands);
}

/** The natural logarithm of 1 + the operand; missing below 0. */
export function log1p(operand: NumberOperand): Computed<'number'> {
  return plain('log1p', [operand]);
}

/** How many of the rising edges the operand has reached: 0 below the first, as many as there are from the last on. */
export function bucket(operand: NumberOperand, edges: readonly number[]): Computed<'number'> {
  return { expression: { op: 'bucket', of: [expressionOf(operand)], edges: [...edges] } };
}

/** At least `min` and at most `max`; missing stays missing. */
export function clip(operand: NumberOperand, min: number, max: number): Computed<'number'> {
  return { expression: { op: 'clip', of: [expressionOf(operand)], min, max } };
}

interface ZoneOptions {
  /** `UTC`, unless told, or a fixed offset such as `+05:30`. */
  readonly timeZone?: string;
}

/** The hour of the day, 0 to 23. */
export function hour(time: TimeOperand, options: ZoneOptions = {}): Computed<'number'> {
  return inCalendar('hour', time, options);
}

/** The day of the week, 0 (Sunday) to 6. */
export function weekday(time: TimeOperand, options: ZoneOptions = {}): Computed<'number'> {
  return inCalendar('weekday', time, options);
}

/** The day of the month, 1 to 31. */
export function dayOfMonth(time: TimeOperand, options: ZoneOptions = {}): Computed<'number'> {
  return inCalendar('dayOfMonth', time, options);
}

/** The month, 1 to 12. */
export function month(time: TimeOperand, options: ZoneOptions = {}): Computed<'number'> {
  return inCalendar('month', time, options);
}

/** From `earlier` to `later`, with fractions; below 0 where they are the other way round. */
export function age(later: TimeOperand, earlier: TimeOperand, unit: AgeUnit): Computed<'number'> {
  return { expression: { op: 'age', of: [expressionOf(later), expressionOf(earlier)], unit } };
}

/** Characters of a text (Unicode code points), at most 1,023. */
export function textLength(text: TextOperand): Computed<'number'> {
  return plain('textLength', [text]);
}

/** True where there is no value; never missing itself. */
export function isMissing(operand: Computed): Computed<'truth'> {
  return plain('isMissing', [operand]);
}

/** Whether it is just this word, letters as they stand; missing where the text is. */
export function isWord(text: TextOperand, word: string): Computed<'truth'> {
  return { expression: { op: 'isWord', of: [expressionOf(text)], word } };
}

/** Two categories as one: `DE × app`. */
export function cross(left: TextOperand, right: TextOperand): Computed<'text'> {
  return plain('cross', [left, right]);
}

/** Whether a comparison of two numbers, or of two times, holds. */
export function holds(left: NumberOperand, sign: ComparisonSign, right: NumberOperand): Computed<'truth'>;
export function holds(left: TimeOperand, sign: ComparisonSign, right: TimeOperand): Computed<'truth'>;
export function holds(left: Operand, sign: ComparisonSign, right: Operand): Computed<'truth'> {
  return { expression: { op: 'holds', of: [expressionOf(left), expressionOf(right)], sign } };
}

/** The first of them that is not missing. */
export function coalesce<Kind extends Result = 'number'>(
  ...operands: readonly (number | Computed<Kind> | ColumnOperand)[]
): Computed<Kind> {
  return plain('coalesce', operands);
}

type Operand = number | Computed;

function expressionOf(operand: Operand): Expression {
  return typeof operand === 'number' ? { op: 'value', value: operand } : operand.expression;
}

function plain<Kind extends Result>(op: PlainOperator, operands: readonly Operand[]): Computed<Kind> {
  return { expression: { op, of: operands.map(expressionOf) } };
}

function inCalendar(op: CalendarOperator, time: TimeOperand, { timeZone = 'UTC' }: ZoneOptions): Computed<'number'> {
  return { expression: { op, of: [expressionOf(time)], timeZone } };
}
