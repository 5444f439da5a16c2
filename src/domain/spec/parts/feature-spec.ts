import type { TimeReading } from './time-reading.ts';
import type { ViewPin } from './view-pin.ts';
import type { MissingPolicy, ServePolicy } from '../closed-sets.ts';

export type FeatureSpec = NumberFeature | CategoryFeature | BooleanFeature | TimeFeature;
export type FeatureKind = FeatureSpec['kind'];
export type FeatureOf<Kind extends FeatureKind> = Extract<FeatureSpec, { readonly kind: Kind }>;

interface FeatureBase {
  readonly name: string;
  readonly missing: MissingPolicy;
  readonly about?: string;
  /** What the API does with a row that breaks what is declared here; absent: as the contract says. */
  readonly serve?: ServePolicy;
  /** The feature of a view that it is: history gets it by a point-in-time join. Absent: rows bring it themselves. */
  readonly from?: ViewPin;
}
export interface NumberFeature extends FeatureBase {
  readonly kind: 'number';
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}
export interface CategoryFeature extends FeatureBase {
  readonly kind: 'category';
  /** The closed set of values; absent means any text is accepted and unseen values go to the missing branch. */
  readonly values?: readonly string[];
}
export interface BooleanFeature extends FeatureBase {
  readonly kind: 'boolean';
}
/**
 * An instant (ISO 8601 text or epoch milliseconds on the wire); the graph derives hour of day and day of week in UTC.
 */
export interface TimeFeature extends FeatureBase, TimeReading {
  readonly kind: 'time';
}
