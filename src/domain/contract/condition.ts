import type { RowSql } from '../row-sql/tree.ts';
import type { ComparisonSign } from '../spec/closed-sets.ts';

/**
 * When a row breaks a rule, as data: a function of rows and the SQL of the scan are both made of it. A missing cell
 * breaks nothing but `missing` and `untyped`.
 */
export type Condition =
  /** The row is no row: not a JSON object, or not well-formed text. */
  | { readonly test: 'unreadable' }
  | { readonly test: 'missing'; readonly column: string }
  /** A list or an object. */
  | { readonly test: 'nested'; readonly column: string }
  /** There is text and no value; `isDateApart` leaves out dates that only lack the order of their parts. */
  | { readonly test: 'untyped'; readonly column: string; readonly isDateApart: boolean }
  | { readonly test: 'localDate'; readonly column: string }
  /** `isNestedApart` leaves out lists and objects, of which the type rule speaks. */
  | {
      readonly test: 'notOneOf';
      readonly column: string;
      readonly values: readonly string[];
      readonly isNestedApart: boolean;
    }
  | { readonly test: 'outside'; readonly column: string; readonly min?: number; readonly max?: number }
  | { readonly test: 'fraction'; readonly column: string }
  | { readonly test: 'beyondExact'; readonly column: string }
  /** A plain number that is no plausible epoch in milliseconds. */
  | { readonly test: 'implausibleEpoch'; readonly column: string }
  /** Epoch milliseconds that stand for no time. */
  | { readonly test: 'sentinel'; readonly column: string }
  /** The same of the event time, of which a number counts only where it is known to be an instant. */
  | { readonly test: 'sentinelKey' }
  /** There is text and no place in the order of rows. */
  | { readonly test: 'placeless'; readonly column: string; readonly isDateApart: boolean }
  /** The comparison does not hold. */
  | { readonly test: 'comparison'; readonly left: string; readonly op: ComparisonSign; readonly right: RightSide }
  /** Fewer or more characters. */
  | { readonly test: 'length'; readonly column: string; readonly min?: number; readonly max?: number }
  /** Some of the text is not as the RE2 pattern says. */
  | { readonly test: 'pattern'; readonly column: string; readonly pattern: string }
  /** More digits before or behind the point. */
  | { readonly test: 'decimals'; readonly column: string; readonly whole: number; readonly scale: number }
  /** A condition in SQL is false; one that is NULL keeps the row. */
  | { readonly test: 'expression'; readonly tree: RowSql };

/** A column, or a constant of the type of the left side. */
export type RightSide = { readonly column: string } | { readonly value: number | string | boolean };

export type ConditionOf<Test extends Condition['test']> = Extract<Condition, { readonly test: Test }>;
