import type { ContractSpec } from '../spec/parts/contract-spec.ts';
import type {
  BooleanFeature,
  CategoryFeature,
  FeatureKind,
  NumberFeature,
  TimeFeature,
} from '../spec/parts/feature-spec.ts';
import type { TimeReading } from '../spec/parts/time-reading.ts';
import type { SourceSpec } from '../spec/source-spec.ts';
import type { Aggregate } from './closed-sets.ts';

/**
 * The declaration of a feature view as plain JSON: what `defineView` returns, and what is hashed into a revision. A row
 * of a view says of an entity what became true at an event time, and from when on that was known.
 */
export interface ViewSpec {
  readonly formatVersion: 1;
  /** As names of models, and none that a model has. */
  readonly name: string;
  readonly owner: string;
  readonly about?: string;
  /** Columns that together name whom a row is about, compared as text. Order is meaningful. */
  readonly entity: readonly string[];
  /** Column that says when it happened. */
  readonly eventTime: { readonly column: string } & TimeReading;
  /**
   * Column that says from when on it was known. Null: when Perennial received the batch, and at the event time for what
   * the source held when it was first read.
   */
  readonly availableTime: ({ readonly column: string } & TimeReading) | null;
  /**
   * Column that names an event within its entity: rows that share it are one event, of which the row that was available
   * last counts. Null: each row is an event of its own.
   */
  readonly rowId: string | null;
  readonly features: readonly ViewFeatureSpec[];
  /** Age (moment less event time) from which the latest row counts as none; null and 0: never. */
  readonly ttlMs: number | null;
  /** How long a row stays in history once it was known; absent: for ever. At least the ttl and every window. */
  readonly keepMs?: number;
  readonly contract: ContractSpec;
  readonly source: SourceSpec;
}

export type ViewFeatureSpec = LatestFeature | WindowFeature;

/** What stands where there is no value: no row, a stale one, an empty cell or window. Absent or null: nothing. */
interface Defaulted {
  readonly onMissing?: number | string | boolean | null;
}

type Own<Feature> = Omit<Feature, 'missing' | 'serve' | 'from' | 'use'>;

/** The value of the column of this name in the latest row. */
export type LatestFeature = Defaulted &
  (Own<NumberFeature> | Own<CategoryFeature> | Own<BooleanFeature> | Own<TimeFeature>);

/** What is made of the rows of the last `windowMs`. */
export interface WindowFeature extends Defaulted {
  readonly name: string;
  readonly about?: string;
  readonly aggregate: Aggregate;
  /** Of its value, and for `last` of the column as well. */
  readonly kind: FeatureKind;
  /** The column that is aggregated; null for a `count` of rows. Of `ratio`, the numerator. */
  readonly column: string | null;
  /** The denominator of `ratio`; null for all others. */
  readonly over: string | null;
  /** From an hour to 90 days. */
  readonly windowMs: number;
}

export function isWindowed(feature: ViewFeatureSpec): feature is WindowFeature {
  return 'aggregate' in feature;
}

/** The features that look at a window, and those that look at the latest row. */
export function windowedOf(spec: Pick<ViewSpec, 'features'>): readonly WindowFeature[] {
  return spec.features.filter(isWindowed);
}

export function latestOf(spec: Pick<ViewSpec, 'features'>): readonly LatestFeature[] {
  return spec.features.filter((feature): feature is LatestFeature => !isWindowed(feature));
}
