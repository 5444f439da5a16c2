import type { MetricIntervals } from './metric-intervals.ts';
import type { Metrics } from './metrics.ts';

/** Metrics of the test rows that a declared slice holds. */
export interface SliceMetrics {
  readonly column: string;
  readonly slice: string;
  /** Of a slice that is too small to be judged nothing but its rows. */
  readonly metrics: Metrics;
  /** Of those metrics that have one on so many rows; absent in trainings of early releases. */
  readonly intervals?: MetricIntervals;
}
