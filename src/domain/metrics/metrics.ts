import type { TaskName } from '../spec/spec.ts';
import { metricRegistry, type MetricName, type MetricRow } from './registry.ts';

/**
 * Values of the metrics that make sense for the task; absent otherwise (AUROC with one class present is absent, not
 * NaN).
 */
export type Metrics = { readonly [Name in MetricName]?: number } & { readonly rows: number };

/** Every metric's name, in the order in which people read them. */
export function metricNames(): readonly MetricName[] {
  return Object.keys(metricRegistry).filter(isMetricName);
}

/** Metrics that a task can be judged by, in the same order. */
export function metricsOf(task: TaskName): readonly MetricName[] {
  return metricNames().filter((name) => metricRow(name).tasks.includes(task));
}

export function metricRow(metric: MetricName): MetricRow {
  return metricRegistry[metric];
}

/** The row of a name that was stored, perhaps by a later release; null where this one does not know it. */
export function findMetric(name: string): MetricRow | null {
  return isMetricName(name) ? metricRow(name) : null;
}

/** The metric in a heading or at the beginning of a sentence. */
export function titleOf(metric: MetricName): string {
  return metricRow(metric).title;
}

/** +1 when larger is better, -1 when smaller is better. */
export function directionOf(metric: MetricName): 1 | -1 {
  return metricRow(metric).better === 'higher' ? 1 : -1;
}

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metricRegistry, name);
}
