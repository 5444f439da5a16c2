import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { covariateOf, covariatesOf, isCovariate, standardised } from './covariates.ts';

describe('what a feature is measured by', () => {
  test('mean and deviation of its finite values, also far from 0', () => {
    expect(covariateOf('x', [1, 2, 3, 4])).toEqual({ feature: 'x', mean: 2.5, deviation: Math.sqrt(1.25) });
    const random = createRandom('far');
    const far = Array.from({ length: 5_000 }, () => 1e6 + random.normal());
    expect(covariateOf('x', far)?.mean).toBeCloseTo(1e6, 1);
    expect(covariateOf('x', far)?.deviation).toBeCloseTo(1, 1);
  });

  test('missing and infinite cells say nothing', () => {
    expect(covariateOf('x', [1, Number.NaN, 2, Infinity, 3, -Infinity, 4])).toEqual(covariateOf('x', [1, 2, 3, 4]));
  });

  test.each([
    ['no values', []],
    ['none that is finite', [Number.NaN, Infinity]],
    ['one', [7]],
    ['one again and again', new Array<number>(100).fill(0.1)],
    ['one but for rounding', Array.from({ length: 100 }, (_, row) => 1e9 + (row % 2) * 1e-7)],
    ['ones whose squares are beyond all numbers', [1e200, -1e200]],
  ])('%s: it has no part', (_what, values) => {
    expect(covariateOf('x', values)).toBeNull();
  });
});

describe('a value in deviations', () => {
  const standard = { feature: 'x', mean: 10, deviation: 2 };
  test.each([
    [10, 0],
    [13, 1.5],
    [16, 3],
    [17, 3],
    [-1e300, -3],
    [Infinity, 3],
    [-Infinity, -3],
    [Number.NaN, 0],
  ])('%d is %d: three at most, and nothing where it is missing', (value, wanted) => {
    expect(standardised(standard, value)).toBe(wanted);
  });

  test('a wild cell of the sample widens the deviation and moves no answer further than three of them', () => {
    const values = [...Array.from({ length: 99 }, (_, row) => row % 5), 1e12];
    const wide = covariateOf('x', values);
    expect(wide?.deviation).toBeGreaterThan(1e10);
    expect(Math.abs(standardised(wide ?? standard, 1e15))).toBe(3);
    expect(standardised(wide ?? standard, 3)).toBeCloseTo(-0.1, 2);
  });
});

test('rows are laid out one after another; a feature that nobody knows is missing in all', () => {
  const standards = [
    { feature: 'a', mean: 0, deviation: 1 },
    { feature: 'gone', mean: 5, deviation: 1 },
    { feature: 'b', mean: 1, deviation: 2 },
  ];
  const known: Readonly<Record<string, readonly number[]>> = { a: [1, -2], b: [1] };
  const { width, values } = covariatesOf(standards, 2, (name) => known[name] ?? []);
  expect(width).toBe(3);
  expect([...values]).toEqual([1, 0, 0, -2, 0, 0]);
});

test.each([
  [{ feature: 'x', mean: 0, deviation: 1 }, true],
  [{ feature: 'x', mean: 0, deviation: 0 }, false],
  [{ feature: 'x', mean: 0, deviation: -1 }, false],
  [{ feature: 'x', mean: Number.NaN, deviation: 1 }, false],
  [{ feature: 'x', mean: 0, deviation: Infinity }, false],
  [{ feature: 7, mean: 0, deviation: 1 }, false],
  [{ mean: 0, deviation: 1 }, false],
  [null, false],
  ['x', false],
])('%o: a covariate: %s', (value, is) => {
  expect(isCovariate(value)).toBe(is);
});
