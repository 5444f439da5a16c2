/**
 * Groups of people between whom a version is compared when it is judged, before anybody has looked. It decides nothing:
 * the gate `fair` does.
 */
export interface FairnessSpec {
  /** 1 to 10. */
  readonly groups: readonly GroupingSpec[];
}

/**
 * An input whose values are the groups, or a number that is cut: `cuts: [30, 50]` makes "below 30", "30 to below 50"
 * and "from 50". A missing value is a group of its own.
 */
export type GroupingSpec = string | { readonly feature: string; readonly cuts: readonly number[] };

export const groupingsMax = 10;
export const cutsMax = 19;

/** The input of a grouping. */
export function featureOf(grouping: GroupingSpec): string {
  return typeof grouping === 'string' ? grouping : grouping.feature;
}
