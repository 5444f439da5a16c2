import type { MissingPolicy } from './closed-sets.ts';
import type { SeasonSpec } from './parts/watch-spec.ts';
import type { TaskName } from './spec.ts';

/** What somebody says about a model file that does not say it itself; everything may be left out. */
export interface ForeignSignature {
  /** One per input column, in the order in which the file takes them. */
  readonly features?: readonly ForeignFeature[];
  /** `columns`: one named input per feature; `matrix`: one tensor of all. Checked against the file. */
  readonly input?: 'matrix' | 'columns';
  readonly output?: {
    readonly task?: TaskName;
    /** Labels in the order of the file's columns. */
    readonly classes?: readonly string[];
    /** The label that the probability speaks of. */
    readonly positive?: string;
    readonly scores?: 'probabilities' | 'logits';
    /** Name of the output with the scores, where the file has several. */
    readonly name?: string;
    /** P(positive) from which on the answer is yes; 0.5 unless said. */
    readonly threshold?: number;
  };
  /** Columns of a request that are no features: the sticky key of a rollout, and the instant of the event. */
  readonly entity?: string;
  readonly eventTime?: string;
  /** The clock or calendar that its traffic follows; the sample needs the column of the event time then. */
  readonly season?: SeasonSpec;
}

export interface ForeignFeature {
  readonly name: string;
  readonly kind: 'number' | 'category' | 'boolean';
  readonly values?: readonly string[];
}

/** What an inspection of the file came to; everything that was not declared is told in `notes`. */
export interface ForeignFindings {
  readonly features: readonly (ForeignFeature & { readonly missing: MissingPolicy; readonly integer?: boolean })[];
  readonly task: TaskName;
  /** In the order of the wrapped file: for binary `[negative, positive]`; empty for regression. */
  readonly classes: readonly string[];
  readonly threshold: number | null;
  readonly producer: string;
  readonly nodes: number;
  /** Rows of the sample that became the reference; 0 without one. */
  readonly profileRows: number;
  readonly notes: readonly string[];
}
