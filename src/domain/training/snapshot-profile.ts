import type { LeakageSuspicion } from './leakage/suspicion.ts';
import type { SnapshotColumn } from './snapshot.ts';

/**
 * How the rows of a snapshot look, with all that it continues: what a training of it would read. Counts are of all
 * rows; what is named by `sample` is of that sample, which the order numbers of rows choose, so that equal snapshots
 * have equal profiles.
 */
export interface SnapshotProfile {
  readonly formatVersion: 1;
  readonly rows: number;
  readonly sample: { readonly rows: number; readonly everyNth: number };
  readonly bounds: ProfileBounds;
  readonly columns: readonly ColumnProfile[];
  /** Columns that are missing together, most rows first. */
  readonly missing: { readonly patterns: readonly MissingPattern[]; readonly patternCount: number };
  readonly duplicates: DuplicateRows;
  /** Null where no event time is declared, or no row has one. */
  readonly time: TimeCoverage | null;
  /** Strongest first. */
  readonly associations: readonly Association[];
  readonly drift: DriftWithin;
  /** What looks like knowledge of the target; empty where nothing does. */
  readonly leakage: readonly LeakageSuspicion[];
}

/** What was left out, so that nobody takes an absent pair for a weak one. */
export interface ProfileBounds {
  readonly columnsMax: number;
  readonly pairColumnsMax: number;
  readonly associationsMax: number;
  readonly sampleRowsMax: number;
  readonly columnsLeftOut: number;
  readonly pairColumnsLeftOut: number;
}

export type ColumnRole = 'feature' | 'target' | 'entity' | 'eventTime' | 'other';

export interface ColumnProfile {
  readonly name: string;
  readonly type: SnapshotColumn['type'];
  readonly role: ColumnRole;
  readonly missing: number;
  /** Approximate (HyperLogLog, about 2 %) beyond a few thousand values. */
  readonly distinct: number;
  /** Of number columns with a value; never of the entity. */
  readonly numbers?: NumberProfile;
  /** Of text and boolean columns, most frequent first, at most 10, each of two rows at least; never of the entity. */
  readonly top?: readonly { readonly value: string; readonly rows: number }[];
}

export interface NumberProfile {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  /** Of the sample, by linear interpolation. */
  readonly quantiles: readonly { readonly share: number; readonly value: number }[];
  /**
   * Of the sample, in equal steps between its 1st and 99th percentile; what lies beyond is in the outer steps. Null
   * where these are one value.
   */
  readonly histogram: { readonly from: number; readonly to: number; readonly rows: readonly number[] } | null;
  /**
   * Of all rows: beyond three interquartile ranges from the quartiles (Tukey's outer fences). Null where the quartiles
   * are one value.
   */
  readonly outliers: {
    readonly below: number;
    readonly above: number;
    readonly from: number;
    readonly to: number;
  } | null;
}

export interface MissingPattern {
  readonly columns: readonly string[];
  readonly rows: number;
}

export interface DuplicateRows {
  /** Rows that repeat another one in every column. */
  readonly repeated: number;
  /** By entity, and event time where one is declared; null without an entity. */
  readonly byKey: { readonly columns: readonly string[]; readonly repeated: number } | null;
  /** Whom rows are about; null without an entity. */
  readonly entities: { readonly count: number; readonly rowsMax: number } | null;
  /** Rows of equal features with different labels; null where the target has no classes. */
  readonly contradictions: number | null;
}

export interface TimeCoverage {
  readonly column: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly period: ProfilePeriod;
  /** In order and without a hole; at most 400. */
  readonly periods: readonly { readonly startMs: number; readonly rows: number }[];
  /** Runs of periods without a row, longest first, at most 10. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly periods: number }[];
}

export const profilePeriods = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type ProfilePeriod = (typeof profilePeriods)[number];

export const associationMeasures = ['correlation', 'cramersV', 'correlationRatio'] as const;
export type AssociationMeasure = (typeof associationMeasures)[number];

/** Of two columns, over sampled rows that have both. */
export interface Association {
  readonly columns: readonly [string, string];
  readonly isWithTarget: boolean;
  readonly measure: AssociationMeasure;
  /** 0 to 1; for two numbers the larger of the two correlations without its sign. */
  readonly strength: number;
  readonly pearson?: number;
  readonly spearman?: number;
  readonly rows: number;
}

/** How far the values moved inside the snapshot, in the order of its rows. */
export interface DriftWithin {
  readonly parts: number;
  readonly columns: readonly ColumnDrift[];
}

export interface ColumnDrift {
  readonly name: string;
  /** Of each part against the first, in standard deviations above what sampling gives (`standardShift`). */
  readonly shifts: readonly number[];
  /** First fifth against last fifth. */
  readonly ends: {
    readonly shift: number;
    /** Adjusted for the number of columns (Benjamini and Hochberg), for rows as dependent as those of the first. */
    readonly pValue: number;
    readonly hasMoved: boolean;
  };
}
