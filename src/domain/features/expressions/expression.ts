import type { ComparisonSign } from '../../spec/closed-sets.ts';
import type { AgeUnit, CalendarOperator, PlainOperator } from './closed-sets.ts';

/**
 * What is computed from the inputs of one row, as plain JSON. It stands in the definition, becomes nodes of the ONNX
 * graph of each version, and is evaluated by `evaluate.ts` where no graph is at hand.
 */
export type Expression =
  | { readonly op: 'column'; readonly name: string }
  | { readonly op: 'value'; readonly value: number }
  | Operation;

/** `of` holds what it is computed from, in order. */
export type Operation =
  | { readonly op: PlainOperator; readonly of: readonly Expression[] }
  | { readonly op: CalendarOperator; readonly of: readonly Expression[]; readonly timeZone: string }
  | { readonly op: 'bucket'; readonly of: readonly Expression[]; readonly edges: readonly number[] }
  | { readonly op: 'age'; readonly of: readonly Expression[]; readonly unit: AgeUnit }
  | { readonly op: 'clip'; readonly of: readonly Expression[]; readonly min: number; readonly max: number }
  | { readonly op: 'isWord'; readonly of: readonly Expression[]; readonly word: string }
  | { readonly op: 'holds'; readonly of: readonly Expression[]; readonly sign: ComparisonSign };

export type Operator = Operation['op'];
export type OperationOf<Name extends Operator> = Extract<Operation, { readonly op: Name }>;

/** Of one derived feature; all are far beyond what a person reads, and keep a graph small. */
export const expressionBounds = {
  depth: 8,
  /** Operations, columns and values. */
  nodes: 64,
  edges: 100,
  /** Operands of a sum, a product, a coalesce. */
  operands: 16,
} as const;

/** A text is counted up to here, in code points; a longer one counts as this many. */
export const textLengthMax = 1_023;

/** Stands between the two words of a cross. */
export const crossSign = ' × ';

/** Names of the columns that it reads, each once, in the order of reading. */
export function columnsRead(expression: Expression): readonly string[] {
  if (expression.op === 'column') return [expression.name];
  if (expression.op === 'value') return [];
  return [...new Set(expression.of.flatMap(columnsRead))];
}
