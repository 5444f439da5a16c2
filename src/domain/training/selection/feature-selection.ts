import type { DerivedSpec } from '../../spec/parts/feature-spec.ts';

/** What a fit found about its features, and which of them it left out. */
export interface FeatureSelection {
  /** Why nothing was looked for, as a clause; then the lists are empty. */
  readonly skipped?: string;
  /** Fits on shuffled targets that the fit was held against. */
  readonly nulls: number;
  /** Stretches of time, each asked of a fit on older rows; the last one are the validation rows. */
  readonly folds: number;
  /** All that the fit could read, the most important first. */
  readonly features: readonly FeatureFinding[];
  /** Fits without some of the candidates, in the order in which they were made. */
  readonly tries: readonly DropTry[];
  /** What was computed from the features and tried; absent where that is not declared. */
  readonly proposals?: Proposals;
}

export interface Proposals {
  /** How many were thought of. The most important ones of them were tried. */
  readonly proposed: number;
  readonly tries: readonly ProposalTry[];
}

/** A fit with a computed feature more, held against the one without it. */
export interface ProposalTry extends DerivedSpec {
  /** Mean loss without less mean loss with, by row over all folds, and its error; above 0 is better. */
  readonly gain: number;
  readonly standardError: number;
  /** Of a gain this large where there is none; it was to be at most 0.05 divided by the number of proposals. */
  readonly pValue: number;
  readonly isKept: boolean;
}

export interface FeatureFinding {
  readonly feature: string;
  /** Of the importance of all features in the fit. */
  readonly share: number;
  /** The largest such share that it had in a fit on shuffled targets. */
  readonly nullShareMax: number;
  /**
   * How much the mean loss (log loss, squared error, or what the trainer is declared to minimise) rises where its
   * values are shuffled among the rows, over all folds together; and the error of that.
   */
  readonly importance: number;
  readonly standardError: number;
  /** Folds in which it rose at all. */
  readonly foldsHelped: number;
  readonly outcome: FeatureOutcome;
}

export const featureOutcomes = ['helps', 'declared', 'needed', 'dropped'] as const;
/**
 * `helps`: its importance is a standard error above 0, or the fit leans on it more than by chance and most folds bear
 * that out. Of the others, the definition keeps those that are `declared`; without those that are `needed` a retrained
 * model was worse, or none would be left; the rest is `dropped`.
 */
export type FeatureOutcome = (typeof featureOutcomes)[number];

/** A fit without the least important candidates, held against the one with all features. */
export interface DropTry {
  /** How many candidates it did without. */
  readonly without: number;
  /** Mean loss without less mean loss with, by row, and its error; above 0 is worse. */
  readonly difference: number;
  readonly standardError: number;
  /** Folds that were asked: where the validation rows say that it is worse, they alone. */
  readonly folds: number;
  readonly isTaken: boolean;
}

/** The names of features with this outcome, the most important first. */
export function featuresThat(outcome: FeatureOutcome, { features }: FeatureSelection): readonly string[] {
  return features.filter((each) => each.outcome === outcome).map(({ feature }) => feature);
}
