import { findMetric, metricRow } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { usualLosses } from '../../domain/metrics/usual-metrics.ts';
import { money, number, percent } from './format.ts';

/** A metric's name inside a sentence; what a later release stored keeps the name that it was stored under. */
export function metricName(metric: string): string {
  return findMetric(metric)?.noun ?? metric;
}

/** A metric's value with its unit, as a card shows it; `currency` is what money is counted in. */
export function metricText(metric: string, value: number | null | undefined, currency: string | null): string {
  const unit = findMetric(metric)?.unit;
  if (unit === 'money') return money(value, currency ?? '');
  return unit === 'share' ? percent(value) : number(value);
}

/** The unit in which a table shows a metric; an empty one for shares and areas between 0 and 1. */
export function unitOf(metric: MetricName, currency: string | null, target: string): string {
  const { unit } = metricRow(metric);
  if (unit === 'money') return `${currency ?? ''} per row`.trim();
  if (unit === 'target') return `in ${target}`;
  return unit === 'nats' ? 'nats' : '';
}

/** The unit beside the axis of a curve. */
export function axisUnitOf(metric: string, currency: string | null): string {
  return findMetric(metric)?.unit === 'money' ? (currency ?? '') : '';
}

/** True where less is better, for the word beside a curve. */
export function isLowerBetter(metric: string): boolean {
  return findMetric(metric)?.better === 'lower';
}

/** The metric to show: the one that promotions rest on, else the first usual one that was measured. */
export function metricAmong(wanted: string, measured: readonly Readonly<Record<string, number>>[]): string | null {
  const has = (metric: string): boolean => measured.some((one) => one[metric] !== undefined);
  return [wanted, ...usualLosses].find(has) ?? Object.keys(measured[0] ?? {})[0] ?? null;
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
