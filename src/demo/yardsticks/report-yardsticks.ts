import type { Metrics } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { usualMetrics } from '../../domain/metrics/usual-metrics.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { pairedTests, prequential, type PairedTest } from '../../replay/prequential.ts';
import type { Effort, Served } from '../../replay/yardsticks.ts';
import type { MissingYardstick, Yardstick } from './measure-yardsticks.ts';

/** A yardstick with its metrics, and the loop held against it row by row. */
export interface ComparedYardstick extends Yardstick {
  readonly metrics: Metrics;
  readonly paired: readonly PairedTest[];
}

export function compareYardsticks(
  spec: ModelSpec,
  labels: Float64Array,
  loop: Served,
  yardsticks: readonly Yardstick[],
): readonly ComparedYardstick[] {
  return yardsticks.map((yardstick) => ({
    ...yardstick,
    metrics: prequential(spec, labels, yardstick.served),
    paired: pairedTests(spec, labels, loop, yardstick.served),
  }));
}

/** Members of the JSON line: each yardstick by its name, and what the loop is against it. */
export function yardsticksAsJson(
  spec: ModelSpec,
  compared: readonly ComparedYardstick[],
  missing: readonly MissingYardstick[],
): Readonly<Record<string, unknown>> {
  const { shown } = usualMetrics[spec.target.task];
  return Object.fromEntries([
    ...compared.flatMap(({ name, metrics, about, served: { trainings, cpuSeconds }, paired }) => [
      [name, { ...pick(metrics, shown), ...about, trainings, cpuSeconds }],
      [`pairedAgainst${name.charAt(0).toUpperCase()}${name.slice(1)}`, paired],
    ]),
    ...missing.map(({ name, why }) => [name, { missing: why }]),
  ]);
}

const nameWidth = 36;
const cellWidth = 11;

/** The table of all of them, and under it what the loop is against each. */
export function sayYardsticks(
  spec: ModelSpec,
  loop: { readonly metrics: Metrics; readonly effort: Effort },
  compared: readonly ComparedYardstick[],
  missing: readonly MissingYardstick[],
): readonly string[] {
  const { shown } = usualMetrics[spec.target.task];
  const line = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(cellWidth)).join('')}`;
  const row = (name: string, metrics: Metrics, { trainings, cpuSeconds }: Effort): string =>
    line(name, [
      ...shown.map((metric) => metrics[metric]?.toFixed(4) ?? '-'),
      trainings === null ? 'each row' : String(trainings),
      cpuSeconds?.toFixed(1) ?? '-',
    ]);
  return [
    line('prequential, each row before its label', [...shown, 'trainings', 'CPU s']),
    row('the loop', loop.metrics, loop.effort),
    ...compared.map((yardstick) => row(yardstick.row, yardstick.metrics, yardstick.served)),
    ...missing.map(({ words, why }) => `  ${words} is left out: ${why}.`),
    ...compared.flatMap(({ paired, doing }) => ['', ...paired.map((test) => `  ${sayTest(test)} than ${doing}`)]),
  ];
}

function sayTest(test: PairedTest): string {
  const verdict = test.lower > 0 ? 'better' : test.upper < 0 ? 'worse' : 'not proven different';
  return (
    `${test.metric}: ${Math.abs(test.estimate).toFixed(4)} ${test.estimate >= 0 ? 'better' : 'worse'} ` +
    `[${test.lower.toFixed(4)}, ${test.upper.toFixed(4)}], ${verdict}`
  );
}

export function pick(metrics: Metrics, names: readonly MetricName[]): Record<string, number | null> {
  return Object.fromEntries(
    names.map((name) => [name, metrics[name] === undefined ? null : Number(metrics[name].toFixed(6))]),
  );
}
