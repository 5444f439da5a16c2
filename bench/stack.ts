import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { inferInOrder } from '../src/data/infer/infer-in-order.ts';
import type { Metrics } from '../src/domain/metrics/metrics.ts';
import { isRows } from '../src/domain/words/extent.ts';
import { pairedTests, prequential, type PairedTest } from '../src/replay/prequential.ts';
import { readTrafficTable } from '../src/replay/traffic-table.ts';
import type { Served } from '../src/replay/yardsticks.ts';
import { classesOf } from '../src/domain/tasks/task-of.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { moreStreamNames, streamCsv } from './selection/streams.ts';
import { erasOf } from './stack/eras.ts';
import { armOf, arms } from './stack/inputs.ts';
import { play } from './stack/play.ts';

const help = `npm run bench:stack -- [FILE TARGET] [--arms features,slots] [--against features] [--delay 500]
         [--every ROWS] [--staging 2000] [--growth 2] [--always] [--streams NAME,...] [--seeds 3] [--json]

What answers between trainings gain by more that a correction reads beside the log-odds of the champion. Rows are
answered in order as the platform would, by its own fits and questions (--always: by fits alone); trainings come when
labels have grown by --growth, and answer --staging rows later. Each arm (${Object.keys(arms).join(', ')};
NAME/every=50 refits that often) is held against --against on the same rows: the interval is of the paired difference,
positive is better. Two classes. Without a file: made streams (${moreStreamNames.join(', ')}).`;

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    arms: { type: 'string', default: Object.keys(arms).join(',') },
    against: { type: 'string', default: 'features' },
    delay: { type: 'string', default: '500' },
    every: { type: 'string' },
    staging: { type: 'string', default: '2000' },
    growth: { type: 'string', default: '2' },
    always: { type: 'boolean', default: false },
    streams: { type: 'string', default: moreStreamNames.join(',') },
    seeds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [file, target] = positionals;
const delayRows = wholeOption('delay', values.delay, { min: 0, max: 100_000 });
const stagingRows = wholeOption('staging', values.staging, { min: 0, max: 1_000_000 });
const growthFactor = wholeOption('growth', values.growth, { min: 2, max: 1_000_000 });
const seeds = wholeOption('seeds', values.seeds, { min: 1, max: 1_000 });

const asked = values.arms.split(',');

if (values.help) process.stdout.write(`${help}\n`);
else if (positionals.length === 1 || positionals.length > 2 || [...asked, values.against].some((arm) => !armOf(arm)))
  fail('a file and its target, and arms that there are, are wanted: see --help', 2);
else await bench().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error), 1));

async function bench(): Promise<void> {
  const workDir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  try {
    if (file !== undefined && target !== undefined) await ofTable(file, path.resolve(file), target, workDir);
    else
      for (const stream of values.streams.split(','))
        for (let seed = 1; seed <= seeds; seed++) {
          const text = streamCsv(stream, seed);
          if (text === null) throw new Error(`there is no stream ${stream}`);
          const made = path.join(workDir, `${stream}-${seed}.csv`);
          // oxlint-disable-next-line no-await-in-loop -- one stream at a time bounds memory
          await writeFile(made, text).then(() => ofTable(`${stream} ${seed}`, made, 'y', workDir));
        }
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function ofTable(stream: string, filePath: string, column: string, workDir: string): Promise<void> {
  // A definition has a delay of one row at least; what is known when is counted here.
  const labelDelayRows = Math.max(1, delayRows);
  const inferred = await inferInOrder({ path: filePath, target: column, workDir, labelDelayRows });
  const { spec, historyRows: fromRow } = inferred;
  const { correction, window } = spec.watch;
  if (correction == null || classesOf(spec.target).length !== 2) throw new Error('it takes a table of two classes');
  const table = await readTrafficTable(inferred.file, spec);
  const windowRows = isRows(window) ? window.rows : 500;
  const usualRows = values.every === undefined ? (correction.everyRows ?? 100) : wholeOption('every', values.every);
  const schedule = {
    fromRow,
    delayRows,
    stagingRows,
    growthFactor,
    windowRows,
    recentRows: Math.max(1_500, 3 * windowRows),
    holdOutRows: Math.max(200, 3 * windowRows),
  };
  const eras = await erasOf(spec, table, schedule);
  const labels = table.labels.subarray(fromRow);
  const answer = (text: string): Served | null => {
    const one = armOf(text);
    if (one === null) return null;
    const everyRows = one.everyRows ?? usualRows;
    const plan = { ...correction, everyRows };
    return play(spec, table, eras, one.arm, { ...schedule, everyRows, plan, isAlwaysOn: values.always });
  };
  const base = answer(values.against);
  for (const arm of new Set([values.against, ...asked])) {
    const before = process.cpuUsage();
    const served = answer(arm);
    const { user, system } = process.cpuUsage(before);
    if (served === null || base === null) continue;
    report(stream, arm, {
      rows: labels.length,
      trainings: eras.length,
      cpuSeconds: (user + system) / 1e6,
      metrics: prequential(spec, labels, served),
      paired: arm === values.against ? [] : pairedTests(spec, labels, served, base),
    });
  }
}

interface Reported {
  readonly rows: number;
  readonly trainings: number;
  /** Of all answers and corrections of this arm. */
  readonly cpuSeconds: number;
  readonly metrics: Metrics;
  readonly paired: readonly PairedTest[];
}

function report(stream: string, arm: string, reported: Reported): void {
  const { rows, trainings, cpuSeconds, metrics, paired } = reported;
  const said = (['accuracy', 'logLoss', 'auroc'] as const).map((metric) => {
    const test = paired.find((one) => one.metric === metric);
    const interval = test === undefined ? '' : ` [${test.lower.toFixed(4)}, ${test.upper.toFixed(4)}]`;
    return `${metric} ${metrics[metric]?.toFixed(4) ?? '-'}${interval}`;
  });
  const line = values.json
    ? JSON.stringify({ bench: 'stack', stream, arm, delayRows, ...reported })
    : `${stream}, ${rows} rows, ${trainings} trainings, ${arm}: ${said.join('  ')}  ${cpuSeconds.toFixed(1)} CPU s`;
  process.stdout.write(`${line}\n`);
}

function fail(sentence: string, code: number): void {
  process.stderr.write(`error: ${sentence.replace(/\.$/, '')}.\n`);
  process.exitCode = code;
}
