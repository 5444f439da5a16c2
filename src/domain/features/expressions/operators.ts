import type { FeatureKind } from '../../spec/spec.ts';
import { expressionBounds, type Operator } from './expression.ts';
import { instant, numeric, text, type OperandRule } from './operand.ts';

/** What an operator takes and gives. What it does to missing values and numbers stands in `evaluate.ts`. */
export interface OperatorRule {
  readonly operandsMin: number;
  readonly operandsMax: number;
  /** All operands are of one of these lists. */
  readonly takes: readonly OperandRule[];
  /** In words, behind "takes". */
  readonly words: string;
  /** From the kinds of its operands. */
  readonly gives: (kinds: readonly FeatureKind[]) => FeatureKind;
}

const number = (): FeatureKind => 'number';
const truth = (): FeatureKind => 'boolean';
const many = expressionBounds.operands;

const arithmetic = (operandsMin: number, operandsMax: number): OperatorRule => ({
  operandsMin,
  operandsMax,
  takes: [numeric],
  words: 'numbers',
  gives: number,
});
const ofOneNumber: OperatorRule = { ...arithmetic(1, 1), words: 'a number' };
const ofATime: OperatorRule = { operandsMin: 1, operandsMax: 1, takes: [instant], words: 'a time', gives: number };
const ofAText = (gives: () => FeatureKind): OperatorRule => ({
  operandsMin: 1,
  operandsMax: 1,
  takes: [text],
  words: 'a category',
  gives,
});

export const operators: Readonly<Record<Operator, OperatorRule>> = {
  sum: arithmetic(2, many),
  product: arithmetic(2, many),
  difference: arithmetic(2, 2),
  ratio: arithmetic(2, 2),
  log1p: ofOneNumber,
  bucket: ofOneNumber,
  clip: ofOneNumber,
  hour: ofATime,
  weekday: ofATime,
  dayOfMonth: ofATime,
  month: ofATime,
  age: { operandsMin: 2, operandsMax: 2, takes: [instant], words: 'two times', gives: number },
  textLength: ofAText(number),
  isWord: ofAText(truth),
  isMissing: { operandsMin: 1, operandsMax: 1, takes: [numeric, instant, text], words: 'anything', gives: truth },
  cross: { operandsMin: 2, operandsMax: 2, takes: [text], words: 'two categories', gives: () => 'category' },
  holds: {
    operandsMin: 2,
    operandsMax: 2,
    takes: [numeric, instant],
    words: 'two numbers or two times',
    gives: truth,
  },
  coalesce: {
    operandsMin: 2,
    operandsMax: many,
    takes: [numeric, instant, text],
    words: 'values of one kind',
    gives: (kinds) => (new Set(kinds).size === 1 ? (kinds[0] ?? 'number') : 'number'),
  },
};
