import { featuresThat, type FeatureSelection } from './feature-selection.ts';

/** How a training chose between its fits, where anything but the share of history was to be chosen. */
export interface Selection {
  /** Number features that tell how late a row is, and what became of them; absent where there are none. */
  readonly clocks?: ClockFinding;
  /** Rows this share of the history older count half in the chosen fit; absent where all count alike. */
  readonly halfLife?: number;
  /**
   * Validation rows that chose where the others had to be learnt from: no fit without them was better than the prior.
   * Absent where all of them chose.
   */
  readonly newestRows?: number;
  /** No fit was better than the prior on the validation rows, so the candidate answers as the prior does. */
  readonly isPrior?: true;
  /** What became of the features; absent where no feature selection is declared. */
  readonly features?: FeatureSelection;
}

export interface ClockFinding {
  /** All that are suspected, in the order of the definition. */
  readonly suspected: readonly string[];
  /** Those that the model does not read, although it takes them. */
  readonly withheld: readonly string[];
  /** Lowest loss on the validation rows (log loss, or RMSE in the unit of the target) of a fit that reads all. */
  readonly lossWith: number;
  /** The same of a fit that does not read some or all of the suspected ones. */
  readonly lossWithout: number;
}

/** Features that the model takes and does not read. */
export function unreadIn(selection: Selection | undefined): readonly string[] {
  return [...(selection?.clocks?.withheld ?? []), ...droppedIn(selection)];
}

/** Those of them that a feature selection left out. */
export function droppedIn(selection: Selection | undefined): readonly string[] {
  return selection?.features === undefined ? [] : featuresThat('dropped', selection.features);
}
