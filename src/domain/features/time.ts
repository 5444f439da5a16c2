import type { TimeFeature } from '../spec/spec.ts';
import type { Kind } from './kind.ts';
import { numberConstant } from './number.ts';

/** The instant of examples: a Monday at noon. */
export const exampleInstant = '2026-01-05T12:00:00Z';

/** An instant, which travels as epoch milliseconds. Time only moves forward: its distribution never says drift. */
export const timeKind: Kind<TimeFeature> = {
  name: 'time',
  isText: false,
  isOrdered: true,
  hasGroups: false,
  isQuantity: false,
  isInstant: true,
  canDrift: false,
  constant: numberConstant,
  featureOf: ({ name, missing }, { reading }) => ({ name, kind: 'time', missing, ...reading }),
  problemOf: () => null,
  valuesOf: () => null,
  boundsOf: () => ({}),
  exampleOf: () => exampleInstant,
  sayAllowed: () => 'an instant',
  // A file holds whole milliseconds.
  cellOf: Math.round,
};
