import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { inferInOrder } from '../src/data/infer/infer-in-order.ts';
import type { Metrics } from '../src/domain/metrics/metrics.ts';
import { usualMetrics } from '../src/domain/metrics/usual-metrics.ts';
import type { ModelSpec } from '../src/domain/spec/spec.ts';
import { classesOf } from '../src/domain/tasks/task-of.ts';
import { columnsOf, sliceColumns } from '../src/onnx/run/columns.ts';
import { pairedTests, prequential, type PairedTest } from '../src/replay/prequential.ts';
import { readTrafficTable, trainingTableOf, type TrafficTable } from '../src/replay/traffic-table.ts';
import { fixedInterval, type Served } from '../src/replay/yardsticks.ts';
import { fitRelease } from '../src/trainers/yardstick/yardstick.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { answerCorrected } from './label-averages/answer-corrected.ts';
import { labelMeans } from './label-averages/label-means.ts';

const help = `npm run bench:label-averages -- FILE TARGET [--time COLUMN] [--delay 0,500] [--together 1,100] [--fixed]
         [--json]

What a table gains from features that are means of its own newest labels (of 20, 100 and 500), known when a row is
answered: labels come --delay rows late, and --together rows are answered at once. The first fifth is history. The rest
is answered in two ways, each without and with these features: by the first model, never retrained, and by that model
recalibrated on known labels all the time; with --fixed also by a model retrained at fixed intervals. Prints metrics,
and the interval of the paired difference (positive: the features are better). Two classes or a value.`;

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    time: { type: 'string' },
    delay: { type: 'string', default: '0,500' },
    together: { type: 'string', default: '1,100' },
    fixed: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const listOf = (name: 'delay' | 'together', min: number): readonly number[] =>
  values[name].split(',').map((text) => wholeOption(name, text, { min, max: 100_000 }));
const delays = listOf('delay', 0);
const togethers = listOf('together', 1);
const [file, target] = positionals;
const windows = [20, 100, 500];

if (values.help) process.stdout.write(`${help}\n`);
else if (file === undefined || target === undefined || positionals.length > 2)
  fail('a file and its target are wanted, FILE TARGET: see --help', 2);
else await bench(file, target).catch((error: unknown) => fail(sentenceOf(error), 1));

/** One way of answering the live rows, without and with the features. */
interface Compared {
  readonly delayRows: number;
  readonly togetherRows: number;
  readonly way: string;
  readonly without: Metrics;
  readonly with: Metrics;
  readonly paired: readonly PairedTest[];
}

async function bench(filePath: string, column: string): Promise<void> {
  const workDir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  try {
    for (const delayRows of delays) {
      const {
        spec,
        file: source,
        historyRows,
      } = await inferInOrder({
        path: path.resolve(filePath),
        target: column,
        workDir,
        // A definition has a delay of one row at least; what is known when is counted here.
        labelDelayRows: Math.max(1, delayRows),
        ...(values.time === undefined ? {} : { time: values.time }),
      });
      if (classesOf(spec.target).length > 2) throw new Error('it takes two classes or a value');
      const table = await readTrafficTable(source, spec);
      const without = await answersOf(spec, table, historyRows, delayRows);
      for (const togetherRows of togethers) {
        const more = withMeans(spec, table, delayRows, togetherRows);
        const answered = await answersOf(more.spec, more.table, historyRows, delayRows);
        const labels = table.labels.subarray(historyRows);
        for (const [way, served] of without) {
          const other = answered.get(way) ?? served;
          report(spec, {
            delayRows,
            togetherRows,
            way,
            without: prequential(spec, labels, served),
            with: prequential(spec, labels, other),
            paired: pairedTests(spec, labels, other, served),
          });
        }
      }
    }
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

function withMeans(spec: ModelSpec, table: TrafficTable, delayRows: number, togetherRows: number) {
  const names = windows.map((window) => `mean of ${window} labels`);
  const means = labelMeans(table.labels, { windows, delayRows, togetherRows });
  const columns = means.map((numbers, at) => ({ name: names[at] ?? '', kind: 'number' as const, numbers }));
  const features = names.map((name) => ({ name, kind: 'number' as const, missing: 'allow' as const }));
  return {
    spec: { ...spec, features: [...spec.features, ...features] },
    table: { ...table, columns: columnsOf(table.rows.length, [...table.columns.byName.values(), ...columns]) },
  };
}

async function answersOf(
  spec: ModelSpec,
  table: TrafficTable,
  fromRow: number,
  delayRows: number,
): Promise<ReadonlyMap<string, Served>> {
  const live = sliceColumns(table.columns, fromRow, table.rows.length);
  const first = await fitRelease(spec, trainingTableOf(table, fromRow));
  const thresholds = new Float64Array(live.rows).fill(first.threshold ?? Number.NaN);
  const never: Served = { scores: first.predict(live), thresholds };
  const { correction } = spec.watch;
  const everyRows = correction?.everyRows ?? 100;
  const onProgress = (words: string): void => void process.stderr.write(`  ${words}\n`);
  return new Map([
    ['never retrained', never],
    ...(correction == null
      ? []
      : ([
          [
            'never retrained, corrected',
            answerCorrected(spec, table, never, correction, { fromRow, delayRows, everyRows }),
          ],
        ] as const)),
    ...(values.fixed
      ? ([
          [
            'retrained at fixed intervals',
            await fixedInterval(spec, table, { fromRow, labelDelayRows: delayRows, onProgress }),
          ],
        ] as const)
      : []),
  ]);
}

function report(spec: ModelSpec, compared: Compared): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ bench: 'label-averages', model: spec.name, ...compared })}\n`);
    return;
  }
  const { delayRows, togetherRows, way, paired } = compared;
  const lines = usualMetrics[spec.target.task].shown.map((metric) => {
    const [before, after] = [compared.without[metric], compared.with[metric]];
    const test = paired.find((one) => one.metric === metric);
    const interval = test === undefined ? '' : `  [${test.lower.toFixed(4)}, ${test.upper.toFixed(4)}]`;
    return `  ${metric.padEnd(9)} ${before?.toFixed(4) ?? '-'} without, ${after?.toFixed(4) ?? '-'} with${interval}`;
  });
  process.stdout.write(`delay ${delayRows}, ${togetherRows} at once, ${way}\n${lines.join('\n')}\n`);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}

function fail(sentence: string, code: number): void {
  process.stderr.write(`error: ${sentence}.\n`);
  process.exitCode = code;
}
