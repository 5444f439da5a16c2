import type { BooleanFeature } from '../spec/spec.ts';
import type { Kind } from './kind.ts';

/** A yes or a no, which travels as 1 or 0. */
export const booleanKind: Kind<BooleanFeature> = {
  name: 'boolean',
  isText: false,
  isOrdered: false,
  hasGroups: true,
  isQuantity: false,
  isInstant: false,
  canDrift: true,
  constant: { type: 'boolean', fix: 'Use a boolean.' },
  featureOf: ({ name, missing }) => ({ name, kind: 'boolean', missing }),
  problemOf: () => null,
  valuesOf: () => null,
  boundsOf: () => ({}),
  exampleOf: () => true,
  sayAllowed: () => 'true or false',
  cellOf: (encoded) => encoded === 1,
};
