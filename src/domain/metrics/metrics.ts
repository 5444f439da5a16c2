import type { MetricName } from '../spec/spec.ts';

/**
 * Values of the metrics that make sense for the task; absent otherwise (AUROC with one class present is absent, not
 * NaN).
 */
export type Metrics = { readonly [Name in MetricName]?: number } & { readonly rows: number };

export interface SliceMetrics {
  readonly column: string;
  readonly slice: string;
  readonly metrics: Metrics;
}

/** +1 when larger is better, -1 when smaller is better. */
export const metricDirection: Record<MetricName, 1 | -1> = {
  auroc: 1,
  averagePrecision: 1,
  logLoss: -1,
  brier: -1,
  calibrationError: -1,
  accuracy: 1,
  f1: 1,
  value: 1,
  rmse: -1,
  mae: -1,
};
