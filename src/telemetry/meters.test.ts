import { expect, test } from 'vitest';
import { createInferenceMetrics } from './inference-metrics.ts';
import { addEnded, mergeMetrics } from './merge-metrics.ts';
import { createMeters } from './meters.ts';
import { labelledModelsMax, metricRows } from './metric-rows.ts';

test('names are in one form, and each counts in its unit', () => {
  for (const { name, type, meaning } of metricRows) {
    expect(name).toMatch(/^perennial_[a-z_]+$/);
    expect({ name, total: name.endsWith('_total') }).toEqual({ name, total: type === 'counter' });
    expect(meaning).toMatch(/\.$/);
  }
  expect(new Set(metricRows.map(({ name }) => name)).size).toBe(metricRows.length);
});

test('a metric of another process or type is not given out', () => {
  const meters = createMeters('worker');
  expect(() => meters.counter('perennial_inference_rows_total')).toThrow('metric-rows.ts');
  expect(() => meters.gauge('perennial_worker_activities_total')).toThrow('no gauge');
});

test('beyond the bound models are counted together', () => {
  const meters = createMeters('inference');
  for (let index = 0; index < labelledModelsMax; index++) meters.modelLabel(`m${index}`);
  expect(meters.modelLabel('one-more')).toBe('other');
  expect(meters.modelLabel('m0')).toBe('m0');
});

test('the figures of an ended process stay in the sum, its gauges do not', async () => {
  const [old, young] = [createInferenceMetrics(), createInferenceMetrics()];
  for (const metrics of [old, young]) {
    metrics.observe(() => ({
      loadedVersions: 3,
      servedModels: 2,
      isReady: true,
      spoolBytes: 0,
      spoolOldestSeconds: 0,
      pushedBytes: 0,
      modelProcesses: [],
    }));
    metrics.rows('fraud', 'champion', 10);
    metrics.answered('/v1/labels', 202, 0.001);
  }
  const ended = await addEnded([], await old.values());
  const text = await mergeMetrics([ended, await young.values()]);
  expect(text).toContain('perennial_inference_rows_total{model="fraud",arm="champion"} 20');
  expect(text).toContain('perennial_inference_ready_processes 1');
  expect(text).toContain('perennial_inference_request_seconds_count{route="/v1/labels"} 2');
  expect(text).toContain('perennial_inference_request_seconds_bucket{le="0.001",route="/v1/labels"} 2');
});
