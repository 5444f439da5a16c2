import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { rootDir } from '../src/config.ts';
import { isPerennialError } from '../src/domain/words/errors.ts';
import { auroc } from '../src/statistics/samples/ranking.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { spreadOf, type Spread } from './spread.ts';
import { benchRows } from './training/rows.ts';
import { measureMemory } from './training/memory/memory.ts';
import { writeRows } from './training/rows-file.ts';
import { readAnswers, runTrainer, trainers, type Measured, type TrainerName } from './training/run-trainer.ts';
import { settings } from './training/settings.ts';
import { taskNames } from './training/tasks/split-tasks.ts';
import { benchTask, sayFigure } from './training/tasks/tasks.ts';

const { trees, leaves, learningRate, bins, rowsPerLeafMin } = settings;

const help = `npm run bench:training -- [--rows 100000,500000] [--runs 3] [--only perennial,lightgbm] [--threads 1]
                         [--seed 1] [--python VENV/bin/python] [--json]
npm run bench:training -- --only memory [--rows 100000,500000] [--json]
npm run bench:training -- --only tasks [--splits 5] [--task NAME] [--data ../shared/data] [--seed 1]
                         [--python VENV/bin/python] [--json]

What fitting boosted trees costs, beside LightGBM and scikit-learn's HistGradientBoosting: processor seconds of one fit
from columns in memory to a model, AUROC and log loss on 100,000 held-out rows. Generated rows with 16 numbers and 4
categories of 8 to 200 values;
${trees} trees of ${leaves} leaves, learning rate ${learningRate}, ${bins} bins, ${rowsPerLeafMin} rows a leaf at least.
Categories are taken as such. All read one file; fits take turns, each in a process of its own. LightGBM is asked in
both of its orders (by columns, by rows). Threads are those of the peers; Perennial fits on one.

--only memory: the largest resident memory of each step of a training (prepare, fit, judge) of --rows made rows with 16
numbers and 4 categories, in a process each. The other figures are of fits alone.
--only tasks: losses beside LightGBM's, each trainer by its own usual settings, on tables of --data and on made rows
(${taskNames.join('; ')}).
A table is cut into so many folds in random order, made rows are drawn anew so many times: three fifths are learnt from,
a fifth validates, a fifth is tested. What our training chooses on the validation rows stands beside LightGBM that they
ended, after as many trees as ours may have; what it fits again on both beside LightGBM's 100 trees on both. Differences
are paired by rows: "worse" and "better" are said where the 95 % interval by the spread of rows and that by the spread
of splits (Student's t) agree. Folds share rows that they learn from, so that the second may be too narrow for tables.

The environment: python -m venv VENV && VENV/bin/pip install -r python/requirements.lock; without --python the Python
that PERENNIAL_PYTHON names, else python3.`;

const heldRows = 100_000;

const { values } = readOptions({
  options: {
    rows: { type: 'string', default: '100000,500000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: trainers.join(',') },
    threads: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    python: { type: 'string' },
    splits: { type: 'string', default: '5' },
    task: { type: 'string' },
    data: { type: 'string', default: join(rootDir, '..', 'shared', 'data') },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const sizes = values.rows.split(',').map((text) => wholeOption('rows', text, { min: 1_000, max: 20_000_000 }));
const runs = wholeOption('runs', values.runs, { min: 1, max: 100 });
const threads = wholeOption('threads', values.threads, { min: 1, max: 64 });
const seed = wholeOption('seed', values.seed);
const python = values.python ?? (process.env['PERENNIAL_PYTHON'] || 'python3');

interface Figure {
  readonly trainer: TrainerName;
  readonly rows: number;
  readonly cpuSeconds: Spread;
  readonly wallSeconds: Spread;
  readonly peakMiB: number;
  readonly auroc: number;
  readonly logLoss: number;
  readonly version: string | null;
  /** Of the model file; ours alone. */
  readonly digest: string | null;
  /** Processor seconds of Perennial over those of this trainer, medians of the same turns. */
  readonly ratio: number | null;
}

if (values.help) process.stdout.write(`${help}\n`);
else if (values.only === 'tasks') await benchTasks();
else if (values.only === 'memory') await benchMemory();
else await bench();

async function benchMemory(): Promise<void> {
  for (const rows of sizes) {
    for (const { step, idleMiB, peakMiB, wallSeconds } of await measureMemory(rows)) {
      const bytesPerRow = ((peakMiB - idleMiB) * 1_048_576) / rows;
      const words =
        `${rows.toLocaleString('en')} rows, ${step}: ${Math.round(peakMiB)} MiB, of which ` +
        `${Math.round(idleMiB)} before it began; ${Math.round(bytesPerRow)} bytes a row, ${wallSeconds.toFixed(1)} s`;
      const line = { bench: 'training memory', rows, step, idleMiB, peakMiB, bytesPerRow, wallSeconds };
      process.stdout.write(`${values.json ? JSON.stringify(line) : words}\n`);
    }
  }
}

async function benchTasks(): Promise<void> {
  const splits = wholeOption('splits', values.splits, { min: 3, max: 100 });
  const { data, task, json } = values;
  if (task !== undefined && !taskNames.includes(task)) fail(`--task takes ${taskNames.join(', ')}, not "${task}".`, 2);
  for (const name of task === undefined ? taskNames : [task]) {
    const told = await benchTask(name, { data, splits, seed, python }).catch((error: unknown) => {
      if (isPerennialError(error)) return error.message;
      throw error;
    });
    if (typeof told === 'string') fail(told, 1);
    process.stdout.write(`${json ? JSON.stringify({ bench: 'training tasks', seed, ...told }) : sayFigure(told)}\n`);
  }
}

async function bench(): Promise<void> {
  const figures: Figure[] = [];
  const missing = new Set<string>();
  for (const rows of sizes) figures.push(...(await benchSize(rows, missing)));
  for (const why of missing) process.stderr.write(`${why}\n`);
  if (values.json)
    process.stdout.write(`${JSON.stringify({ runs, threads, seed, settings, figures, missing: [...missing] })}\n`);
}

async function benchSize(rows: number, missing: Set<string>): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-bench-training-'));
  try {
    const data = benchRows(rows + heldRows, seed);
    await writeRows(folder, data, rows);
    const fits = new Map<TrainerName, Measured[]>();
    for (let run = 0; run < runs; run++) {
      for (const name of asked()) {
        // One after the other: trainers that share a machine at the same time measure each other.
        const told = await runTrainer(name, { folder, threads, python });
        if (typeof told === 'string') missing.add(told);
        else fits.set(name, [...(fits.get(name) ?? []), told]);
      }
    }
    const truth = data.labels.subarray(rows);
    const own = secondsOf(fits.get('perennial') ?? []);
    const figures: Figure[] = [];
    for (const [name, measured] of fits)
      figures.push(figureOf(name, rows, measured, own, truth, await readAnswers(folder, name)));
    for (const figure of figures) process.stderr.write(`${lineOf(figure)}\n`);
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figureOf(
  trainer: TrainerName,
  rows: number,
  fits: readonly Measured[],
  own: Spread,
  truth: Uint8Array,
  answers: Float64Array,
): Figure {
  const cpuSeconds = secondsOf(fits);
  return {
    trainer,
    rows,
    cpuSeconds,
    wallSeconds: spreadOf(fits.map(({ wallMs }) => wallMs / 1_000)),
    peakMiB: Math.round(Math.max(...fits.map(({ peakMiB }) => peakMiB))),
    auroc: auroc(answers, truth) ?? NaN,
    logLoss: logLossOf(answers, truth),
    version: fits[0]?.version ?? null,
    digest: fits[0]?.digest ?? null,
    ratio: own.median > 0 ? own.median / cpuSeconds.median : null,
  };
}

function secondsOf(fits: readonly Measured[]): Spread {
  return spreadOf(fits.map(({ cpuMs }) => cpuMs / 1_000));
}

function logLossOf(answers: Float64Array, truth: Uint8Array): number {
  let sum = 0;
  for (const [row, p] of answers.entries()) sum -= Math.log(truth[row] === 1 ? p : 1 - p);
  return sum / answers.length;
}

function lineOf({ trainer, rows, cpuSeconds, ratio, ...figure }: Figure): string {
  const beside = ratio === null || trainer === 'perennial' ? '' : `, Perennial takes ${ratio.toFixed(2)} times that`;
  return (
    `${rows.toLocaleString('en')} rows, ${trainer}: ${cpuSeconds.median} CPU s (${cpuSeconds.min} to ` +
    `${cpuSeconds.max}), AUROC ${figure.auroc.toFixed(5)}, log loss ${figure.logLoss.toFixed(5)}, ` +
    `${figure.peakMiB} MiB${beside}`
  );
}

function asked(): readonly TrainerName[] {
  return values.only.split(',').map((name) => trainers.find((trainer) => trainer === name) ?? refuse(name));
}

function refuse(name: string): never {
  return fail(`--only takes tasks, memory, or of ${trainers.join(', ')}, not "${name}".`, 2);
}

function fail(sentence: string, code: number): never {
  process.stderr.write(`error: ${sentence}\n`);
  process.exit(code);
}
