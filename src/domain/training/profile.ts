import type { SeasonSpec } from '../spec/parts/watch-spec.ts';
import type { HoldOutRows } from './hold-out-rows.ts';
import type { ExpectedLosses } from './expected-loss.ts';
import type { ReferenceStretches } from './reference-stretches.ts';
import type { BlockSpread } from '../../statistics/samples/block-spread.ts';
import { PerennialError } from '../words/errors.ts';

/**
 * The reference profile of a version: how its training rows were distributed, frozen as bins. Serving counters are
 * binned by it, so that drift is a pure function of integers.
 */
export interface ReferenceProfile {
  readonly formatVersion: 1;
  readonly rows: number;
  readonly features: readonly FeatureProfile[];
  /** Of these, what a feature selection lets the version not read: its drift is not judged. Absent for none. */
  readonly unread?: readonly string[];
  /**
   * Distribution of the predicted score of the positive class (binary), the decided class (multiclass) or the value
   * (regression).
   */
  readonly prediction: FeatureProfile;
  /**
   * How answers went with each feature, on at most 20,000 of the rows that were scored. Absent in profiles of earlier
   * releases.
   */
  readonly answers?: {
    /** Cells of the prediction, taken together to at most 6 groups. */
    readonly groupOfCell: readonly number[];
    /** Per feature and cell, rows by group. */
    readonly counts: readonly (readonly CellCounts[])[];
  };
  /** Absent where no season is declared, in profiles of earlier releases, and where rows have no times. */
  readonly season?: ReferenceSeason;
  /** Of values alone; absent in profiles of earlier releases, and without 200 labelled rows outside of the fit. */
  readonly losses?: ExpectedLosses;
  /** Absent where `watch.multivariate` was not declared, and of a reference of too few rows. */
  readonly stretches?: ReferenceStretches;
  /** Of profiles that a training wrote; absent in those of earlier releases. */
  readonly holdOut?: HoldOutRows;
  /** Labels of its rows: classes, or values in bins. Absent in profiles of earlier releases and without labels. */
  readonly label?: FeatureProfile;
}

/** How the rows of a reference lie in the season that its model declares. */
export interface ReferenceSeason extends SeasonSpec {
  /** Reference rows of each phase. */
  readonly rows: readonly number[];
  /** Whether a phase has enough of them, in turns of the season enough: rows of others are counted in no cell. */
  readonly isKnown: readonly boolean[];
}

export type FeatureProfile = BinnedProfile | CategoryProfile;

/**
 * How the reference's own blocks of rows differ from each other, shortest blocks first: so much may a window differ
 * without drift. Absent in profiles of earlier releases, whose rows are taken to be independent; empty when there were
 * too few rows to measure it.
 */
interface Remembering {
  readonly memory?: readonly BlockSpread[];
  /** The same rows by phase of the season; absent where the reference has none. */
  readonly seasonal?: {
    /** Per phase, in cell order. */
    readonly counts: readonly CellCounts[];
    /** How blocks differ from what their own phases lead one to expect. */
    readonly memory: readonly BlockSpread[];
  };
}

/** Numbers, booleans and times: `counts[i]` rows in (edges[i-1], edges[i]]; counts has edges.length + 1 cells. */
export interface BinnedProfile extends Remembering {
  readonly name: string;
  readonly kind: 'binned';
  /** Strictly increasing, at most 19, from quantiles of the reference. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly missing: number;
}

/**
 * Categories: the most frequent values (at most 64) with counts, `other` for known rarer ones. Where rare values had to
 * be left out, the counts are of other rows than those by which values were chosen, about half of all.
 */
export interface CategoryProfile extends Remembering {
  readonly name: string;
  readonly kind: 'category';
  readonly values: readonly string[];
  readonly counts: readonly number[];
  readonly other: number;
  readonly missing: number;
}

/**
 * Counters of one feature in one window, cells aligned with its profile: the bins (or values), then `other`
 * (categories: everything not among the values, which includes unseen ones), then `missing`.
 */
export type CellCounts = readonly number[];

export function cellCount(profile: FeatureProfile): number {
  return profile.kind === 'binned' ? profile.edges.length + 2 : profile.values.length + 2;
}

/** Reference counts in cell order. */
export function referenceCells(profile: FeatureProfile): CellCounts {
  return profile.kind === 'binned'
    ? [...profile.counts, profile.missing]
    : [...profile.counts, profile.other, profile.missing];
}

/** The cell of one value; NaN and null are missing. Binary search, at most 5 steps. */
export function cellOf(profile: FeatureProfile, value: number | string | null): number {
  if (profile.kind === 'binned') {
    if (typeof value !== 'number' || Number.isNaN(value)) return profile.edges.length + 1;
    let low = 0;
    let high = profile.edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= (profile.edges[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
  if (value === null) return profile.values.length + 1;
  const index = profile.values.indexOf(String(value));
  return index < 0 ? profile.values.length : index;
}

/** Reads a stored profile; throws `artifact_corrupt` when it is none. Its shape is checked, not every number. */
export function parseProfile(text: string): ReferenceProfile {
  const value = JSON.parse(text) as Partial<ReferenceProfile> | null;
  const isWhole =
    value !== null &&
    value.formatVersion === 1 &&
    Array.isArray(value.features) &&
    typeof value.prediction === 'object' &&
    value.prediction !== null;
  if (!isWhole) throw new PerennialError('artifact_corrupt', 'a stored reference profile has not the form of one');
  return value as ReferenceProfile;
}
