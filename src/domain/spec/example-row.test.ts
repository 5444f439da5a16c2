import { expect, test } from 'vitest';
import { exampleLabel, exampleRow } from './example-row.ts';
import type { NumberFeature } from './spec.ts';

const number = (range: Omit<Partial<NumberFeature>, 'kind' | 'name'>) =>
  exampleRow({ entity: null, eventTime: null, features: [{ kind: 'number', name: 'x', missing: 'refuse', ...range }] })[
    'x'
  ];

test.each([
  [{}, 1],
  [{ min: 0, max: 10 }, 5],
  [{ min: 5 }, 5],
  [{ min: -5 }, 1],
  [{ max: -2 }, -2],
  [{ min: 0, max: 1, integer: true }, 1],
  [{ min: 0.2, max: 1.4, integer: true }, 1],
  [{ min: 1.2, max: 2.9, integer: true }, 2],
  [{ min: -0.9, max: 0.2, integer: true }, -0],
])('a number in %j is %d, inside', (range, expected) => {
  expect(number(range)).toBe(expected);
});

test('labels are in the words of the model', () => {
  const labelDelay = { rows: 1 };
  expect(exampleLabel({ task: 'binary', column: 'y', positive: 'fraud', negative: 'fine', labelDelay })).toBe('fraud');
  expect(exampleLabel({ task: 'multiclass', column: 'y', classes: ['a', 'b'], labelDelay })).toBe('a');
  expect(exampleLabel({ task: 'regression', column: 'y', labelDelay })).toBe(1);
});
