import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';

/**
 * Where contributions come from. `tree-shap` and `linear` are exact and read from the file alone; `sampled` asks the
 * model about rows in between; `constant` is a model that answers every row alike.
 */
export type ReasonsMethod = 'tree-shap' | 'linear' | 'sampled' | 'constant';

/** Why the score of one row is what it is: `score` = `base` + the sum of `contributions`. */
export interface Reasons {
  /** What the model says on average: over its training rows (exact), or over the rows that were drawn (sampled). */
  readonly base: number;
  /** Log-odds of the positive class, the logit of one of several (sampled: its log-probability), or the value. */
  readonly score: number;
  /** In the order of `features` of the explainer, in the unit of the score. */
  readonly contributions: Float64Array;
  /** Standard error of each; absent where they are exact. */
  readonly errors?: Float64Array;
}

export interface RowToExplain {
  readonly row: EncodedRow;
  /** Which score: the number of the class for several classes, otherwise 0. */
  readonly output: number;
}

/** Explains what one version answers. */
export interface Explainer {
  readonly method: ReasonsMethod;
  /**
   * What contributions are given to. Exact: what the model sees, derived features under their own names. Sampled: the
   * inputs of the file, since nothing in it says what it makes of them.
   */
  readonly features: readonly string[];
  /** That of the definition with what the file computes beside it; absent where that is nothing. */
  readonly signature?: Signature;
  /** Orders of features that were drawn for each row; absent where contributions are exact. */
  readonly samples?: number;
  /** In the order of the rows. Gives the event loop a turn between two rows. */
  explain(rows: readonly RowToExplain[]): Promise<readonly Reasons[]>;
  /** Gives back what it holds; nothing is explained after that. */
  close(): Promise<void>;
}
