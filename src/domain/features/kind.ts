import type { FeatureSpec, TimeReading } from '../spec/spec.ts';

/**
 * Everything that follows from what sort of value a feature has. A room asks the kind of a feature (`kindOf`) and never
 * compares its name; what a later room adds per kind stands there in one exhaustive `Record<FeatureKind, …>`.
 *
 * Methods, not function properties: TypeScript then lets a `Kind<NumberFeature>` stand as a `Kind`, and the feature
 * that is handed in is the one that the kind was looked up by.
 */
export interface Kind<Feature extends FeatureSpec = FeatureSpec> {
  readonly name: Feature['kind'];
  /** It travels as text, null when missing; the others as a float64, NaN when missing. */
  readonly isText: boolean;
  /** Its values have a more and a less. */
  readonly isOrdered: boolean;
  /** Its values make groups, for each of which metrics can be reported. */
  readonly hasGroups: boolean;
  /** Its values are amounts of something: they have a mean, may be money, and may be whole. */
  readonly isQuantity: boolean;
  /** Its values are moments: one after the event of its row was not known then. */
  readonly isInstant: boolean;
  /** Its distribution can stay as it is; one that moves by nature is never said to drift. */
  readonly canDrift: boolean;
  /** What a rule of the definition compares it with. */
  readonly constant: Constant;

  /** The feature with what is known of its values, as far as this kind has a place for it. */
  featureOf(base: Pick<FeatureSpec, 'name' | 'missing'>, known: KnownValues): Feature;
  /** What is wrong with a declaration, at which member of it, and how to put it right; null when nothing is. */
  problemOf(feature: Feature): DeclarationProblem | null;
  /** The closed set of its values; null when there is none. */
  valuesOf(feature: Feature): readonly string[] | null;
  boundsOf(feature: Feature): Bounds;
  exampleOf(feature: Feature): number | string | boolean;
  /** Which values it may have, as a model card says it. */
  sayAllowed(feature: Feature): string;
  /** The value that its float64 stands for. */
  cellOf(encoded: number): number | boolean;
}

export interface Constant {
  readonly type: 'string' | 'number' | 'boolean';
  /** How to put right one of another type. */
  readonly fix: string;
}

export interface KnownValues {
  readonly values?: readonly string[];
  readonly integer?: boolean;
  readonly reading?: TimeReading;
}

export interface DeclarationProblem {
  /** Below the feature: `.values`, or nothing for the feature itself. */
  readonly at: string;
  readonly message: string;
  readonly fix: string;
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}
