import type { MetricInterval } from '../../metrics/metric-intervals.ts';
import { metricInterval } from '../../metrics/metric-intervals.ts';
import { metricOf } from '../../metrics/metric-of.ts';
import type { MetricName } from '../../metrics/registry.ts';
import type { ScoredRows } from '../../metrics/scored-rows.ts';
import { usualMetrics } from '../../metrics/usual-metrics.ts';
import type { TaskName } from '../../spec/spec.ts';
import { taskOf } from '../../tasks/task-of.ts';
import type { SliceCounts } from './slice-counts.ts';

/** The rows of one slice in one window, and how good answers turned out to be in its latest mature rows. */
export interface CountedSlice {
  readonly key: string;
  readonly name: string;
  readonly rows: number;
  /** Of all rows of the window. */
  readonly rowShare: number;
  readonly failed: number;
  readonly slow: number;
  readonly latencyMeanMs: number | null;
  readonly latencyMaxMs: number | null;
  /** Of the values of features: missing, and categories outside the values of the reference. */
  readonly missingShare: number | null;
  readonly unseenShare: number | null;
  /** Mean probability of the positive class, or mean value; null where there is neither. */
  readonly scoreMean: number | null;
  /** Mean of the largest probability; null for values. */
  readonly confidenceMean: number | null;
  /** Share of the answers by the decided class; none for values. */
  readonly decisions: Readonly<Record<string, number>>;
  readonly quality: SliceQuality;
}

export interface SliceQuality {
  readonly metric: MetricName;
  readonly labelledRows: number;
  /** Null for fewer than 30 labelled rows: not enough. */
  readonly value: number | null;
  /** 95 %; null where rows cannot say. */
  readonly interval: Pick<MetricInterval, 'lower' | 'upper'> | null;
}

/** A figure of fewer labelled rows is luck. */
export const sliceRowsMin = 30;

export function countedSlice(
  slice: { readonly key: string; readonly name: string },
  counts: SliceCounts,
  windowRows: number,
  { task, quality }: { readonly task: TaskName; readonly quality: SliceQuality },
): CountedSlice {
  const { hasClasses, hasPositive } = taskOf(task);
  const { rows, answered, values } = counts;
  const of = (sum: number, all: number): number | null => (all === 0 ? null : sum / all);
  return {
    key: slice.key,
    name: slice.name,
    rows,
    rowShare: windowRows === 0 ? 0 : rows / windowRows,
    failed: counts.failed,
    slow: counts.slow,
    latencyMeanMs: of(counts.latencySumUs / 1_000, rows),
    latencyMaxMs: rows === 0 ? null : counts.latencyMaxUs / 1_000,
    missingShare: of(counts.missing, values),
    unseenShare: of(counts.unseen, values),
    scoreMean: hasPositive || !hasClasses ? of(counts.scoreSum, answered) : null,
    confidenceMean: hasClasses ? of(counts.confidenceSum, answered) : null,
    decisions: Object.fromEntries(
      Object.entries(counts.decisions).map(([name, decided]) => [name, decided / Math.max(1, answered)] as const),
    ),
    quality,
  };
}

/** The task's usual loss on labelled rows of a slice, in time order. */
export function qualityOf(rows: ScoredRows): SliceQuality {
  const metric = usualMetrics[rows.task].loss;
  const labelledRows = rows.labels.length;
  const found = labelledRows < sliceRowsMin ? null : metricOf(metric, rows)();
  const value = found === null || !Number.isFinite(found) ? null : found;
  const interval = value === null ? null : metricInterval(metric, rows);
  return {
    metric,
    labelledRows,
    value,
    interval: interval === null ? null : { lower: interval.lower, upper: interval.upper },
  };
}
