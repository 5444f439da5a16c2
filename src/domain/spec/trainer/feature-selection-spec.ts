/** More names than a definition may have features are a mistake. */
export const keptFeaturesMax = 10_000;

/**
 * What a fit does about features that earn nothing: it looks for them by permutation importance, null importance and
 * stability over time, and drops those without which a retrained model is not worse (docs/feature-selection.md).
 */
export interface FeatureSelectionSpec {
  /** Features that are read whatever is found. Absent: none beyond those that the trainer names. */
  readonly keep?: readonly string[];
  /**
   * Whether features are tried that are computed from those that help (ratios, crosses, …), and kept where a retrained
   * model is proven better with them. Absent: none are.
   */
  readonly propose?: boolean;
}
