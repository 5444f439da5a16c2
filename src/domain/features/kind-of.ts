import type { FeatureKind, FeatureOf, FeatureSpec } from '../spec/spec.ts';
import { booleanKind } from './boolean.ts';
import { categoryKind } from './category.ts';
import type { Bounds, Kind } from './kind.ts';
import { numberKind } from './number.ts';
import { timeKind } from './time.ts';

/** Every kind there is. A new one is a file beside these, a row here, and a row wherever the compiler then asks. */
export const kinds: { readonly [Name in FeatureKind]: Kind<FeatureOf<Name>> } = {
  number: numberKind,
  category: categoryKind,
  boolean: booleanKind,
  time: timeKind,
};

export function kindOf(name: FeatureKind): Kind {
  return kinds[name];
}

/** Whether it travels as text, see `Kind.isText`. */
export function isText({ kind }: { readonly kind: FeatureKind }): boolean {
  return kinds[kind].isText;
}

/** The closed set of a feature's values; null when any is accepted. */
export function valuesOf(feature: FeatureSpec): readonly string[] | null {
  return kindOf(feature.kind).valuesOf(feature);
}

export function boundsOf(feature: FeatureSpec): Bounds {
  return kindOf(feature.kind).boundsOf(feature);
}
