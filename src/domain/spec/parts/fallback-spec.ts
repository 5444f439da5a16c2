import type { ComparisonSign } from '../closed-sets.ts';

/**
 * A class in the words of the business; for a binary target also the probability of the positive class; for regression
 * the value.
 */
export type FallbackAnswer = string | number;

/** The first rule that holds answers. A rule about a missing value does not hold. */
export interface FallbackSpec {
  readonly rules: readonly FallbackRule[];
  readonly otherwise: FallbackAnswer;
}

export interface FallbackRule {
  readonly when: {
    readonly feature: string;
    readonly op: ComparisonSign;
    readonly value: number | string | boolean;
  };
  readonly answer: FallbackAnswer;
}
