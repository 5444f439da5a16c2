import { describe, expect, test } from 'vitest';
import { applyCorrection, parseCorrection } from './correction.ts';

const one = { formatVersion: 1, task: 'binary', slope: 0.9, intercepts: [0.1] };
const covariates = [
  { feature: 'amount', mean: 10, deviation: 2 },
  { feature: 'age', mean: 40, deviation: 9.5 },
];
const two = { ...one, formatVersion: 2, weights: [0.3, -0.2], covariates };

describe('a stored correction', () => {
  test.each([one, two, { ...one, task: 'multiclass', intercepts: [0, 1, 2] }, { ...one, task: 'regression' }])(
    'of format $formatVersion for $task is read as it was written',
    (correction) => {
      expect(parseCorrection(JSON.stringify(correction))).toEqual(correction);
    },
  );

  test('of format 2 answers with its covariates, and without them as one of format 1', () => {
    const [read, plain] = [parseCorrection(JSON.stringify(two)), parseCorrection(JSON.stringify(one))];
    expect(applyCorrection(read, [0.4, 0.6], [1, 1])).not.toEqual(applyCorrection(plain, [0.4, 0.6]));
    expect(applyCorrection(read, [0.4, 0.6], [0, 0])).toEqual(applyCorrection(plain, [0.4, 0.6]));
  });

  test.each([
    ['of a format that is not there', { ...one, formatVersion: 3 }],
    ['without a format', { ...one, formatVersion: undefined }],
    ['of a task that is not there', { ...one, task: 'ranking' }],
    ['of a task that every object has', { ...one, task: 'toString' }],
    ['without a slope', { ...one, slope: null }],
    ['without intercepts', { ...one, intercepts: [] }],
    ['whose intercept is text', { ...one, intercepts: ['0.1'] }],
    ['whose intercept is none', { ...one, intercepts: [null] }],
    ['of format 1 with weights', { ...two, formatVersion: 1 }],
    ['of format 2 without them', { ...one, formatVersion: 2 }],
    ['of format 2 with none', { ...two, weights: [], covariates: [] }],
    ['with more weights than covariates', { ...two, weights: [1, 2, 3] }],
    ['with fewer', { ...two, weights: [1] }],
    ['whose weight is none', { ...two, weights: [1, null] }],
    ['whose weights are no list', { ...two, weights: { length: 2 } }],
    ['whose covariate has no deviation', { ...two, covariates: [covariates[0], { feature: 'age', mean: 1 }] }],
    ['whose covariate never differs', { ...two, covariates: [covariates[0], { ...covariates[1], deviation: 0 }] }],
    ['whose covariate is none', { ...two, covariates: [covariates[0], null] }],
    ['whose covariates are text', { ...two, covariates: 'ab' }],
    ['of several classes with covariates', { ...two, task: 'multiclass' }],
  ])('%s is refused', (_what, damaged) => {
    expect(() => parseCorrection(JSON.stringify(damaged))).toThrow('a stored correction has not the form of one');
  });

  test.each(['', '{', 'null', '7', '[]', '"binary"', JSON.stringify(two).slice(0, -20)])(
    'that is %s is refused in the same words',
    (text) => {
      expect(() => parseCorrection(text)).toThrow('a stored correction has not the form of one');
    },
  );
});
