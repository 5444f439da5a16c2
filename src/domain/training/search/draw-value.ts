import type { Distribution, RangeKind, SearchedValue } from '../../spec/search/distribution.ts';
import type { Random } from '../../../statistics/numeric/random.ts';

/** A range as samplers see it: an interval on which every place is as likely as every other one. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly toPlace: (value: number) => number;
  readonly toValue: (place: number) => number;
}

const half = 0.5;

const scales: Record<RangeKind, (low: number, high: number) => Scale> = {
  uniform: (low, high) => ({ low, high, toPlace: (value) => value, toValue: (place) => clamp(place, low, high) }),
  logUniform: (low, high) => ({
    low: Math.log(low),
    high: Math.log(high),
    toPlace: Math.log,
    toValue: (place) => clamp(Math.exp(place), low, high),
  }),
  // Half a step beyond each end, or the ends would be half as likely as what lies between.
  integer: (low, high) => ({
    low: low - half,
    high: high + half,
    toPlace: (value) => value,
    toValue: (place) => clamp(Math.round(place), low, high),
  }),
  logInteger: (low, high) => ({
    low: Math.log(low - half),
    high: Math.log(high + half),
    toPlace: Math.log,
    toValue: (place) => clamp(Math.round(Math.exp(place)), low, high),
  }),
};

export function scaleOf({ of, low, high }: Extract<Distribution, { readonly low: number }>): Scale {
  return scales[of](low, high);
}

/** A value of the distribution, by chance alone. */
export function drawValue(distribution: Distribution, random: Random): SearchedValue {
  if (distribution.of === 'oneOf') return distribution.values[random.integer(distribution.values.length)] ?? 0;
  const { low, high, toValue } = scaleOf(distribution);
  return toValue(low + random.next() * (high - low));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
