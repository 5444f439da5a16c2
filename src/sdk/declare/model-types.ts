import type { Explanation } from '../../domain/record/explanation.ts';
import type { Arm } from '../../domain/rollout/routing.ts';
import type { InputOf, LabelOf } from './definition.ts';

/** What the client needs of a definition at run time: its name. */
export interface Named {
  readonly name: string;
}

/**
 * One row to predict for: the features of the definition, and its entity and event time. Untyped when there is no
 * definition.
 */
export type RowOf<Model> = [InputOf<Model>] extends [never] ? Readonly<Record<string, unknown>> : InputOf<Model>;

/** How it came out, in the words of the definition. */
export type OutcomeOf<Model> = [LabelOf<Model>] extends [never] ? string | number | boolean : LabelOf<Model>;

/** Who answered: a version, or (while there is no champion) the fallback that the definition declares. */
export type AnsweredBy =
  | { readonly version: number; readonly arm: Exclude<Arm, 'fallback'> }
  | { readonly version: null; readonly arm: 'fallback' };

interface Noted {
  /** Fields whose value declared repairs have changed before it was answered; absent where none did. */
  readonly repaired?: readonly string[];
  /** Why it was answered so, where `explain` asked for it; absent where the fallback answered. */
  readonly explanation?: Explanation;
}

/** `label` is the decision; probabilities are keyed by class. */
export type ClassAnswer<Label extends string> = AnsweredBy &
  Noted & {
    readonly predictionId: string;
    readonly label: Label;
    readonly probabilities: Readonly<Record<Label, number>>;
  };

export type NumberAnswer = AnsweredBy & Noted & { readonly predictionId: string; readonly value: number };

/** Of a model whose definition is not at hand. */
export type UntypedAnswer = AnsweredBy &
  Noted & {
    readonly predictionId: string;
    readonly label?: string;
    readonly probabilities?: Readonly<Record<string, number>>;
    readonly value?: number;
  };

export type AnswerOf<Model> = [LabelOf<Model>] extends [never]
  ? UntypedAnswer
  : [LabelOf<Model>] extends [number]
    ? NumberAnswer
    : [LabelOf<Model>] extends [string]
      ? ClassAnswer<LabelOf<Model>>
      : UntypedAnswer;

/** Which prediction a label belongs to: its id, or the entity and the event time of its row. */
export type PredictionName =
  | string
  | { readonly predictionId: string }
  | { readonly entity: string | number; readonly time: string | number | Date };
