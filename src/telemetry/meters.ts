import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { labelledModelsMax, metricRows, otherModels, type MetricName } from './metric-rows.ts';
import type { MetricPlace, MetricRow } from './metric-row.ts';

/** The metrics of one process, made from their table. */
export interface Meters {
  readonly registry: Registry;
  counter(name: MetricName): Counter;
  gauge(name: MetricName): Gauge;
  histogram(name: MetricName): Histogram;
  /** A model's name as a label: itself for the first models seen, `other` beyond the bound. */
  modelLabel(model: string): string;
}

export function createMeters(place: MetricPlace): Meters {
  const registry = new Registry();
  const metrics = new Map<string, Counter | Gauge | Histogram>();
  const models = new Set<string>();
  const rows: readonly MetricRow[] = metricRows;
  for (const row of rows) {
    if (row.place !== place) continue;
    const shared = {
      name: row.name,
      help: row.meaning,
      labelNames: [...row.labels],
      registers: [registry],
      aggregator: row.across ?? ('sum' as const),
    };
    if (row.type === 'counter') metrics.set(row.name, new Counter(shared));
    else if (row.type === 'gauge') metrics.set(row.name, new Gauge(shared));
    else
      metrics.set(
        row.name,
        new Histogram({ ...shared, ...(row.buckets === undefined ? {} : { buckets: [...row.buckets] }) }),
      );
  }
  const missing = (name: string, type: string): Error =>
    new Error(`${name} is no ${type} of ${place}: see src/telemetry/metric-rows.ts`);
  return {
    registry,
    counter(name) {
      const metric = metrics.get(name);
      if (metric instanceof Counter) return metric;
      throw missing(name, 'counter');
    },
    gauge(name) {
      const metric = metrics.get(name);
      if (metric instanceof Gauge) return metric;
      throw missing(name, 'gauge');
    },
    histogram(name) {
      const metric = metrics.get(name);
      if (metric instanceof Histogram) return metric;
      throw missing(name, 'histogram');
    },
    modelLabel(model) {
      if (models.has(model)) return model;
      if (models.size >= labelledModelsMax) return otherModels;
      models.add(model);
      return model;
    },
  };
}
