import { expect, test } from 'vitest';
import { gainsOf } from './gains.ts';
import { metricOf, metricRows } from './metric-of.ts';
import { metricNames, metricRow, metricsOf } from './metrics.ts';
import type { ScoredRows } from './scored-rows.ts';
import { usualMetrics } from './usual-metrics.ts';

const money = { truePositive: { fixed: 2 }, falsePositive: { fixed: -1 }, trueNegative: { fixed: 0 } };
const labels = [1, 0, 1, 0, 1, 0];
const gains = gainsOf({ currency: 'EUR', ...money, falseNegative: { fixed: -3 } }, labels, () => undefined);
const said = [0.9, 0.6, 0.35, 0.2, 0.7, 0.1];
const binary: ScoredRows = {
  task: 'binary',
  classes: ['no', 'yes'],
  labels,
  scores: said.flatMap((p) => [1 - p, p]),
  threshold: 0.5,
  gains,
};
const multiclass: ScoredRows = { ...binary, task: 'multiclass', threshold: null, gains: null };
const regression: ScoredRows = {
  task: 'regression',
  classes: [],
  labels,
  scores: said,
  threshold: null,
  quantile: 0.9,
};
const rowsOf = { binary, multiclass, regression };

test.each(metricNames())('%s is measured for the tasks of its row and for no other', (name) => {
  const row = metricRow(name);
  for (const rows of Object.values(rowsOf)) {
    const measured = metricOf(name, rows)();
    if (row.tasks.includes(rows.task)) expect(measured, rows.task).toBeTypeOf('number');
    else expect(measured, rows.task).toBeNull();
  }
  const [task = 'binary'] = row.tasks;
  expect(metricRows(name, rowsOf[task]) !== null).toBe(row.isPerRow);
});

test.each(metricsOf('binary'))(
  '%s moves with the threshold, and with given decisions, only if its row says so',
  (name) => {
    const at = (change: Partial<ScoredRows>) => metricOf(name, { ...binary, ...change })();
    expect(at({ threshold: 0.3 }) !== at({ threshold: 0.5 })).toBe(metricRow(name).needsThreshold);
    expect(at({ decisions: [0, 1, 0, 1, 0, 1] }) !== at({})).toBe(metricRow(name).needsThreshold);
  },
);

test.each(metricNames())('%s needs a declared value only if its row says so', (name) => {
  const [task = 'binary'] = metricRow(name).tasks;
  expect(metricOf(name, { ...rowsOf[task], gains: null })() === null).toBe(metricRow(name).needsValue);
});

test.each(metricsOf('regression'))('%s needs a declared quantile only if its row says so', (name) => {
  expect(metricOf(name, { ...regression, quantile: null })() === null).toBe(metricRow(name).needsQuantile === true);
});

test('what is usual for a task exists for it', () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    const { loss, againstPrior, shown } = usualMetrics[task];
    expect(metricsOf(task)).toEqual(expect.arrayContaining([loss, againstPrior, ...shown]));
    expect(metricRow(loss).better).toBe('lower');
  }
});
