import { expect, test } from 'vitest';
import { metricAmong, metricText, pooledQuality } from './quality.ts';

const points = [
  { window: 4, rows: 100, labelledRows: 10, realised: { logLoss: 0.5, accuracy: 0.5 } },
  { window: 3, rows: 100, labelledRows: 90, realised: { logLoss: 0.1, accuracy: 0.9 } },
];

test('windows count by their labelled rows, and the figure says what it rests on', () => {
  expect(pooledQuality(points, 'logLoss')).toEqual({
    metric: 'logLoss',
    mean: 0.14,
    fromWindow: 3,
    toWindow: 4,
    labelledRows: 100,
    rows: 200,
  });
});

test('a metric that was not measured gives way to one that was; none gives none', () => {
  expect(
    metricAmong(
      'auroc',
      points.map((point) => point.realised),
    ),
  ).toBe('logLoss');
  expect(metricAmong('auroc', [])).toBeNull();
  expect(pooledQuality([], 'logLoss')).toBeNull();
  expect(pooledQuality([{ window: 1, rows: 10, labelledRows: 0, realised: { logLoss: 1 } }], 'logLoss')).toBeNull();
});

test('value carries its currency, accuracy its percent', () => {
  expect(metricText('value', -0.5, 'EUR')).toBe('-0.50 EUR');
  expect(metricText('accuracy', 0.914, null)).toBe('91.4 %');
});
