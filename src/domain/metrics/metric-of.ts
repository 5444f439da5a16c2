import { mean } from '../../statistics/samples/losses.ts';
import { measures, type WeightedMetric } from './measures.ts';
import { metricRow } from './metrics.ts';
import type { MetricName } from './registry.ts';
import type { ScoredRows } from './scored-rows.ts';

/**
 * Metrics that are a plain mean of one number per row, as those numbers; null for the others and where the task has
 * none.
 */
export function metricRows(metric: MetricName, rows: ScoredRows): Float64Array | null {
  const measured = metricRow(metric).isPerRow ? measure(metric, rows) : null;
  return measured instanceof Float64Array ? measured : null;
}

/** Prepares a metric for repeated evaluation, as the bootstrap needs. */
export function metricOf(metric: MetricName, rows: ScoredRows): WeightedMetric {
  const measured = rows.labels.length === 0 ? null : measure(metric, rows);
  if (measured === null) return () => null;
  return measured instanceof Float64Array ? (weights) => mean(measured, weights) : measured;
}

function measure(metric: MetricName, rows: ScoredRows): Float64Array | WeightedMetric | null {
  return metricRow(metric).tasks.includes(rows.task) ? measures[metric](rows) : null;
}
