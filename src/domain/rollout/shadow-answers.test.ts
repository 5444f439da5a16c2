import { expect, test } from 'vitest';
import type { Correction } from './correction.ts';
import { shadowAnswers } from './shadow-answers.ts';

const shifted = (intercept: number): Correction => ({
  formatVersion: 1,
  task: 'binary',
  slope: 1,
  intercepts: [intercept],
});
const logitOf = ([, p = 0.5]: readonly number[]): number => Math.log(p / (1 - p));
const rows = {
  seqs: [10, 20, 21, 30, 40],
  raw: Array.from({ length: 5 }, () => [0.5, 0.5]),
  answered: Array.from({ length: 5 }, () => [0.3, 0.7]),
};

test('each row is answered by the last fit before it, whatever the order in which they are read', () => {
  const fits = [
    { throughSeq: 30, correction: null },
    { throughSeq: 10, correction: shifted(-1) },
    { throughSeq: 20, correction: shifted(2) },
  ];
  const scores = shadowAnswers(rows, fits, () => undefined);
  // The row that a fit has seen is not its own: 10, 20 and 30 are of the fit before.
  expect(scores[0]).toEqual([0.3, 0.7]);
  expect(scores.map(logitOf).slice(1)).toEqual([-1, 2, 2, 0].map((value) => expect.closeTo(value, 12)));
});

test('what stands beside a row is read as the correction of its day has it', () => {
  const correction: Correction = {
    ...shifted(0),
    formatVersion: 2,
    weights: [1],
    covariates: [{ feature: 'amount', mean: 0, deviation: 1 }],
  };
  const covariates = { width: 1, values: Float64Array.from([1, 2, -1, 0.5, 3]) };
  const scores = shadowAnswers(rows, [{ throughSeq: 0, correction }], (of) => {
    expect(of).toBe(correction);
    return covariates;
  });
  expect(scores.map(logitOf)).toEqual([1, 2, -1, 0.5, 3].map((value) => expect.closeTo(value, 12)));
});

test('without a fit, rows were answered as they were', () => {
  expect(shadowAnswers(rows, [], () => undefined)).toEqual(rows.answered);
});
