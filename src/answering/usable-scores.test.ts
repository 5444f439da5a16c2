import { expect, test } from 'vitest';
import { usableScores } from './usable-scores.ts';

const binary = { task: 'binary', classes: ['no', 'yes'] } as const;
const value = { task: 'regression', classes: [] } as const;

test.each([
  [binary, [0.25, 0.75], [0.25, 0.75]],
  [binary, [-3.6e-7, 1.0000004], [0, 1]],
  [binary, [-0.1, 1.1], null],
  [binary, [0.5, Number.NaN], null],
  [binary, [0.5], null],
  [value, [-1e300], [-1e300]],
  [value, [Infinity], null],
])('%j %j', (question, scores, expected) => {
  expect(usableScores(question, scores)).toEqual(expected);
});
