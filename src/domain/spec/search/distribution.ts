/**
 * Where a value of a setting is drawn from. `low` and `high` are included; the two of logarithms need `low` > 0 and
 * take every ratio as likely as every other one.
 */
export type Distribution =
  | { readonly of: 'uniform' | 'logUniform' | 'integer' | 'logInteger'; readonly low: number; readonly high: number }
  | { readonly of: 'oneOf'; readonly values: readonly SearchedValue[] };

export type SearchedValue = number | string | boolean;
export type RangeKind = Exclude<Distribution['of'], 'oneOf'>;

export const rangeKinds = ['uniform', 'logUniform', 'integer', 'logInteger'] as const satisfies readonly RangeKind[];

/** As many values of `oneOf` at most. */
export const searchedValuesMax = 64;

/** A number from `low` to `high`, each as likely as every other one. */
export function uniform(low: number, high: number): Distribution {
  return { of: 'uniform', low, high };
}

/** A number from `low` (> 0) to `high`, each order of magnitude as likely as every other one. */
export function logUniform(low: number, high: number): Distribution {
  return { of: 'logUniform', low, high };
}

/** A whole number from `low` to `high`. */
export function integer(low: number, high: number): Distribution {
  return { of: 'integer', low, high };
}

/** A whole number from `low` (>= 1) to `high`, each order of magnitude as likely as every other one. */
export function logInteger(low: number, high: number): Distribution {
  return { of: 'logInteger', low, high };
}

/** One of these values. */
export function oneOf(...values: readonly SearchedValue[]): Distribution {
  return { of: 'oneOf', values };
}

/** Settings are plain values, but for those that are searched. */
export function isDistribution(setting: unknown): setting is Distribution {
  if (typeof setting !== 'object' || setting === null || !('of' in setting)) return false;
  return setting.of === 'oneOf' ? 'values' in setting : rangeKinds.some((kind) => kind === setting.of);
}

/** The values of which every other one lies between or among: where a setting is out of its range, one of these is. */
export function endsOf(distribution: Distribution): readonly SearchedValue[] {
  return distribution.of === 'oneOf' ? distribution.values : [distribution.low, distribution.high];
}
