import type { FeatureKind } from '../../spec/spec.ts';

/** Kinds of operands that go together. A truth value counts as 1 or 0 wherever a number may stand. */
export type OperandRule = readonly FeatureKind[];

export const numeric: OperandRule = ['number', 'boolean'];
export const instant: OperandRule = ['time'];
export const text: OperandRule = ['category'];

const words: Readonly<Record<FeatureKind, string>> = {
  number: 'a number',
  category: 'a category',
  boolean: 'a truth value',
  time: 'a time',
};

export function sayKind(kind: FeatureKind): string {
  return words[kind];
}
