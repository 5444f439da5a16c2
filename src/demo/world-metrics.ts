import { metricRow, type Metrics } from '../domain/metrics/metrics.ts';
import type { MetricName } from '../domain/metrics/registry.ts';

/** What the world's acts and its closing table show beside the money. */
const worldMetrics = ['auroc', 'logLoss'] as const satisfies readonly MetricName[];

/** The comparison with the champion that an act tells; the others stand in the evidence. */
export const toldLoss = 'logLoss' satisfies MetricName;

export const worldMetricNouns = worldMetrics.map((name) => metricRow(name).noun);

type Format<Figure> = (value: number | undefined) => Figure;

/** Each of them, formatted, by its name. */
export function worldFigures<Figure>(metrics: Metrics, format: Format<Figure>): Readonly<Record<string, Figure>> {
  return Object.fromEntries(worldMetrics.map((name) => [name, format(metrics[name])]));
}

/** `AUROC 0.9, log loss 0.1`. */
export function sayWorldMetrics(metrics: Metrics, format: Format<string>): string {
  return worldMetrics.map((name) => `${metricRow(name).noun} ${format(metrics[name])}`).join(', ');
}
