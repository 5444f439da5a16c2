import { AggregatorRegistry } from 'prom-client';

type Values = readonly object[];

/** The metrics of several processes as one text. */
export async function mergeMetrics(all: readonly Values[]): Promise<string> {
  return AggregatorRegistry.aggregate([...all]).metrics();
}

/**
 * What remains of processes that have ended: their counters and histograms, added up. Without it a total would fall
 * whenever a process is replaced, and a rate over it would show a jump that never was.
 */
export async function addEnded(ended: Values, last: Values): Promise<Values> {
  const lasting = last.filter((metric) => !('type' in metric) || metric.type !== 'gauge');
  return AggregatorRegistry.aggregate([ended, lasting]).getMetricsAsJSON();
}
