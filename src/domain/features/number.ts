import type { NumberFeature } from '../spec/spec.ts';
import { sayNumber } from '../words/say.ts';
import type { Bounds, Constant, Kind } from './kind.ts';

export const numberConstant: Constant = { type: 'number', fix: 'Use a number (an instant as epoch milliseconds).' };

export const numberKind: Kind<NumberFeature> = {
  name: 'number',
  isText: false,
  isOrdered: true,
  hasGroups: false,
  isQuantity: true,
  isInstant: false,
  canDrift: true,
  constant: numberConstant,
  featureOf: ({ name, missing }, { integer }) => ({
    name,
    kind: 'number',
    missing,
    ...(integer === true ? { integer } : {}),
  }),
  problemOf({ name, min, max }) {
    if (min === undefined || max === undefined || min <= max) return null;
    return { at: '', message: `${name} has min ${min} above max ${max}`, fix: 'Swap them.' };
  },
  valuesOf: () => null,
  boundsOf: (feature) => feature,
  exampleOf: exampleIn,
  sayAllowed({ min, max }) {
    if (min !== undefined && max !== undefined) return `${sayNumber(min)} to ${sayNumber(max)}`;
    if (min !== undefined) return `at least ${sayNumber(min)}`;
    return max !== undefined ? `at most ${sayNumber(max)}` : 'any number';
  },
  cellOf: (encoded) => encoded,
};

/** The middle of the range, or the whole number that is nearest to it and still inside. */
function exampleIn({ min, max, integer }: Bounds): number {
  const middle =
    min !== undefined && max !== undefined
      ? min + (max - min) / 2
      : min !== undefined
        ? Math.max(min, 1)
        : Math.min(max ?? 1, 1);
  if (integer !== true) return middle;
  const rounded = Math.round(middle);
  if (max !== undefined && rounded > max) return Math.floor(max);
  return min !== undefined && rounded < min ? Math.ceil(min) : rounded;
}
