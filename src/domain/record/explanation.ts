/** What one feature adds to a score. */
export interface FeatureReason {
  readonly feature: string;
  /** As the row has it, or as the model computes it; null is missing. A time is in ISO 8601. */
  readonly value: number | string | boolean | null;
  /** In log-odds of the positive class, in the logit of one of several classes, or in the unit of the value. */
  readonly contribution: number;
  /** Of a contribution that was sampled; absent where it is exact. */
  readonly standardError?: number;
  /** The same in words. */
  readonly text: string;
}

/** What a correction made of a score, in the unit of the explanation. */
export interface CorrectionReason {
  readonly from: number;
  readonly to: number;
  /** What slope and level moved; with what the features moved it is `to` - `from`. */
  readonly level: number;
  /** What each feature moved that the correction reads, the most first. */
  readonly features: readonly { readonly feature: string; readonly contribution: number }[];
  readonly text: string;
}

/** Why a row was answered as it was. */
export interface Explanation {
  /**
   * `tree-shap` and `linear` are exact; `sampled` has an error, which is given; `constant` answers every row alike;
   * `none`: this row is not explained, and `text` says why.
   */
  readonly method: 'tree-shap' | 'linear' | 'sampled' | 'constant' | 'none';
  readonly text: string;
  /** The class whose score is explained: the positive one, or the decided one of several. Absent for a value. */
  readonly of?: string;
  /** What the model says on average. */
  readonly base?: number;
  /** What it said of this row, before any correction: `base` + all contributions. */
  readonly score?: number;
  /** The largest contributions, the largest first; features without any are left out. */
  readonly features?: readonly FeatureReason[];
  /** What the features add that are not listed. */
  readonly others?: number;
  /** Orders of features that were drawn, where contributions are sampled. */
  readonly samples?: number;
  /** Absent where no correction is on. */
  readonly correction?: CorrectionReason;
}
