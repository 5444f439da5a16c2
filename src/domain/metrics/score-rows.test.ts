import { describe, expect, test } from 'vitest';
import { amountColumns, gainsOf } from './gains.ts';
import { sayCount, sayNumber, sayShare } from '../words/say.ts';
import { scoreRows } from './score-rows.ts';
import type { ValueSpec } from '../spec/spec.ts';

const value: ValueSpec = {
  currency: 'EUR',
  truePositive: { fixed: -2, per: { column: 'amount', factor: 1 } },
  falsePositive: { fixed: -2 },
  trueNegative: { fixed: 0 },
  falseNegative: { fixed: 0, per: { column: 'amount', factor: -1 } },
};
const labels = Float64Array.of(1, 0, 1, 0);
const scores = Float64Array.of(0.1, 0.9, 0.4, 0.6, 0.8, 0.2, 0.7, 0.3);
const binary = { task: 'binary', classes: ['no', 'yes'], labels, scores } as const;

describe('scoreRows', () => {
  test('binary, with value at the threshold', () => {
    const gains = gainsOf(value, labels, () => Float64Array.of(100, 50, 30, Number.NaN));
    const metrics = scoreRows({ ...binary, threshold: 0.5, gains });
    expect(metrics).toMatchObject({ rows: 4, auroc: 0.5, accuracy: 0.5, f1: 0.5 });
    // 100 saved less 2 for asking, 2 for asking in vain, 30 lost, 0.
    expect(metrics.value).toBeCloseTo((98 - 2 - 30 + 0) / 4, 12);
    expect(metrics.logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.4) + Math.log(0.2) + Math.log(0.7)) / 4, 12);
    expect(metrics.brier).toBeCloseTo((0.01 + 0.36 + 0.64 + 0.09) / 4, 12);
    expect(metrics.rmse).toBeUndefined();
    expect(scoreRows({ ...binary, threshold: 0.95, gains }).value).toBeCloseTo(-130 / 4, 12);
  });
  test('what does not exist is absent, and the result survives JSON', () => {
    const one = scoreRows({ ...binary, labels: [0, 0, 0, 0], threshold: 0.95 });
    expect('auroc' in one || 'averagePrecision' in one || 'value' in one || 'f1' in one).toBe(false);
    expect(one.accuracy).toBe(1);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    expect(scoreRows({ ...binary, labels: [], scores: [], threshold: 0.5 })).toEqual({ rows: 0 });
  });
  test('multiclass and regression', () => {
    const three = scoreRows({
      task: 'multiclass',
      classes: ['a', 'b', 'c'],
      labels: [0, 2],
      scores: [0.5, 0.3, 0.2, 0.1, 0.6, 0.3],
      threshold: null,
    });
    expect(Object.keys(three).toSorted()).toEqual(['accuracy', 'brier', 'calibrationError', 'f1', 'logLoss', 'rows']);
    expect(three.accuracy).toBe(0.5);
    expect(scoreRows({ task: 'regression', classes: [], labels: [1, 2], scores: [1, 4], threshold: null })).toEqual({
      rmse: Math.SQRT2,
      mae: 1,
      rows: 2,
    });
  });
  test('lengths that disagree are named', () => {
    expect(() => scoreRows({ ...binary, labels: [1], threshold: null })).toThrow(
      '1 labels need 2 scores (2 per row), but there are 8',
    );
  });
});

test('gains name their columns; a missing amount counts the fixed part', () => {
  expect(amountColumns(value)).toEqual(['amount']);
  expect(amountColumns(null)).toEqual([]);
  expect([...gainsOf(value, [1, 1], () => [Number.NaN, 7]).yes]).toEqual([-2, 5]);
  expect([...gainsOf(value, [1], () => undefined).no]).toEqual([0]);
});

test('numbers read the same everywhere', () => {
  expect([0, 12_345, -1_234_567, 0.12345, 45_678.9, 1.5e-7, 0.1 + 0.2, 1e21].map(sayNumber)).toEqual([
    '0',
    '12,345',
    '-1,234,567',
    '0.1235',
    '45,679',
    '1.50e-7',
    '0.3',
    '1e+21',
  ]);
  expect(sayCount(999)).toBe('999');
  expect([0.031, 1, 0.00012].map(sayShare)).toEqual(['3.1 %', '100 %', '0.012 %']);
});
