import type { TaskName } from '../../spec/spec.ts';

/**
 * What is measured in each group. Of two classes: `selectionRate` P(decided yes), `truePositiveRate` P(decided yes, of
 * those that came true), `falsePositiveRate` (of those that did not), `calibrationGap` P(came true) less the mean
 * probability that was said (M. Hardt, E. Price, N. Srebro, NeurIPS 2016; A. Chouldechova, Big Data 5, 2017). Of
 * several: `accuracy`. Of a value: `meanError` (said less came) and `meanAbsoluteError`.
 */
export const fairnessMeasures = [
  'selectionRate',
  'truePositiveRate',
  'falsePositiveRate',
  'calibrationGap',
  'accuracy',
  'meanError',
  'meanAbsoluteError',
] as const;
export type FairnessMeasureName = (typeof fairnessMeasures)[number];

/** What a version does to the declared groups, on its test rows; part of its report. */
export interface FairnessReport {
  readonly task: TaskName;
  readonly groupings: readonly GroupingReport[];
}

export interface GroupingReport {
  readonly feature: string;
  /** The largest first, at most 20. */
  readonly groups: readonly GroupReport[];
  /** Groups beyond these, which are not told apart. */
  readonly leftOut: number;
  readonly gaps: readonly GroupGap[];
}

export interface GroupReport {
  readonly group: string;
  readonly rows: number;
  readonly rates: readonly GroupRate[];
}

export interface GroupRate {
  readonly measure: FairnessMeasureName;
  /** Rows that it is a mean over: of `truePositiveRate` those that came true. */
  readonly rows: number;
  /** Null where these are fewer than 30: then nothing is told of it. */
  readonly value: number | null;
  /** With 95 % confidence, by itself; null without a value, and where the rows allow none. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
}

/** How far apart the groups are of which there is a value; absent where fewer than two have one. */
export interface GroupGap {
  readonly measure: FairnessMeasureName;
  readonly highest: string;
  readonly lowest: string;
  /** The highest less the lowest value. */
  readonly difference: number;
  /** The lowest over the highest; null where that says nothing: of errors and gaps, and above nothing at all. */
  readonly ratio: number | null;
  /** With 95 % confidence no two groups are further apart than this; null where values have no bounds. */
  readonly differenceMost: number | null;
}
