import type { FallbackRule } from '../../domain/spec/spec.ts';
import type { BinaryDeclaration, MulticlassDeclaration } from './target.ts';

/**
 * What a fallback may answer: a label, for two classes also the probability of the positive one, for regression a
 * number.
 */
export type AnswerOf<Target> =
  Target extends BinaryDeclaration<infer Label>
    ? Label | number
    : Target extends MulticlassDeclaration<infer Label>
      ? Label
      : number;

export interface FallbackDefinition<Feature extends string, Answer extends string | number> {
  readonly rules: readonly RuleDeclaration<Feature, Answer>[];
  readonly otherwise: Answer;
}

interface RuleDeclaration<Feature extends string, Answer extends string | number> {
  readonly when: Omit<FallbackRule['when'], 'feature'> & { readonly feature: Feature };
  readonly answer: Answer;
}

/** The same answer for every row while no version can answer. */
export function answerWith<const Answer extends string | number>(answer: Answer): FallbackDefinition<never, Answer> {
  return { rules: [], otherwise: answer };
}

/** The answer of the first rule that holds, else `otherwise`; a rule about a missing value does not hold. */
export function answerByRules<
  const Rules extends readonly RuleDeclaration<string, string | number>[],
  const Otherwise extends string | number,
>(
  rules: Rules,
  otherwise: Otherwise,
): FallbackDefinition<Rules[number]['when']['feature'], Rules[number]['answer'] | Otherwise> {
  return { rules, otherwise };
}
