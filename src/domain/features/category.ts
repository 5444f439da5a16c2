import type { CategoryFeature } from '../spec/spec.ts';
import { sayMany } from '../words/say.ts';
import type { Kind } from './kind.ts';

export const categoryKind: Kind<CategoryFeature> = {
  name: 'category',
  isText: true,
  isOrdered: false,
  hasGroups: true,
  isQuantity: false,
  isInstant: false,
  canDrift: true,
  constant: { type: 'string', fix: 'Use a string.' },
  featureOf: ({ name, missing }, { values }) => ({
    name,
    kind: 'category',
    missing,
    ...(values === undefined ? {} : { values }),
  }),
  problemOf({ name, values }) {
    if (values === undefined) return null;
    if (values.length === 0)
      return {
        at: '.values',
        message: `${name} allows no value`,
        fix: 'List the values, or leave `values` out to allow any text.',
      };
    if (new Set(values).size === values.length) return null;
    return { at: '.values', message: `${name} lists a value twice`, fix: 'Remove the repetition.' };
  },
  valuesOf: ({ values }) => values ?? null,
  boundsOf: () => ({}),
  exampleOf: ({ values }) => values?.[0] ?? 'a',
  sayAllowed: ({ values }) => (values === undefined ? 'any text' : sayMany(values.length, 'value')),
  cellOf: (encoded) => encoded,
};
