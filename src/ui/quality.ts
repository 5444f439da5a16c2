import type { MetricName } from '../domain/spec/spec.ts';
import { money, number, percent } from './format.ts';

/** Metrics in words that fit a card. */
const names: Record<MetricName, string> = {
  auroc: 'AUROC',
  averagePrecision: 'average precision',
  logLoss: 'log loss',
  brier: 'Brier score',
  calibrationError: 'calibration error',
  accuracy: 'accuracy',
  f1: 'F1',
  value: 'value per answer',
  rmse: 'RMSE',
  mae: 'mean absolute error',
};

const fallbacks: readonly MetricName[] = ['logLoss', 'rmse', 'accuracy', 'mae'];

export function metricName(metric: string): string {
  return Object.hasOwn(names, metric) ? names[metric as MetricName] : metric;
}

/** A metric's value with its unit; `currency` is what `value` is counted in. */
export function metricText(metric: string, value: number | null | undefined, currency: string | null): string {
  if (metric === 'value') return money(value, currency ?? '');
  if (metric === 'accuracy') return percent(value);
  return number(value);
}

/** True where less is better, for the word beside a curve. */
export function isLowerBetter(metric: string): boolean {
  return ['logLoss', 'brier', 'calibrationError', 'rmse', 'mae'].includes(metric);
}

/** The metric to show: the one that promotions rest on, else the first usual one that was measured. */
export function metricAmong(wanted: string, measured: readonly Readonly<Record<string, number>>[]): string | null {
  const has = (metric: string): boolean => measured.some((one) => one[metric] !== undefined);
  return [wanted, ...fallbacks].find(has) ?? Object.keys(measured[0] ?? {})[0] ?? null;
}

export interface PooledQuality {
  readonly metric: string;
  /** Mean over windows, each weighted by its labelled rows. */
  readonly mean: number;
  readonly fromWindow: number;
  readonly toWindow: number;
  readonly labelledRows: number;
  readonly rows: number;
}

/** One figure for the latest windows with labels; null without any. */
export function pooledQuality(
  points: readonly {
    readonly window: number;
    readonly rows: number;
    readonly labelledRows: number;
    readonly realised: Readonly<Record<string, number>>;
  }[],
  wanted: string,
): PooledQuality | null {
  const metric = metricAmong(
    wanted,
    points.map((point) => point.realised),
  );
  if (metric === null) return null;
  const used = points.filter((point) => point.realised[metric] !== undefined);
  const labelledRows = used.reduce((sum, point) => sum + point.labelledRows, 0);
  if (labelledRows === 0) return null;
  const windows = used.map((point) => point.window);
  return {
    metric,
    mean: used.reduce((sum, point) => sum + (point.realised[metric] ?? 0) * point.labelledRows, 0) / labelledRows,
    fromWindow: Math.min(...windows),
    toWindow: Math.max(...windows),
    labelledRows,
    rows: used.reduce((sum, point) => sum + point.rows, 0),
  };
}
