import type { TimeFeature } from '../spec/spec.ts';
import type { Kind } from './kind.ts';
import { numberConstant } from './number.ts';

/** A Monday at noon: an instant that is valid everywhere and looks like one. */
export const exampleInstant = '2026-01-05T12:00:00Z';

/** Epoch milliseconds on its way. Time only moves forward, so that its distribution says nothing. */
export const timeKind: Kind<TimeFeature> = {
  name: 'time',
  isText: false,
  isOrdered: true,
  hasGroups: false,
  isQuantity: false,
  canDrift: false,
  constant: numberConstant,
  featureOf: ({ name, missing }) => ({ name, kind: 'time', missing }),
  problemOf: () => null,
  valuesOf: () => null,
  boundsOf: () => ({}),
  exampleOf: () => exampleInstant,
  sayAllowed: () => 'an instant',
  cellOf: (encoded) => encoded,
};
