import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { auroc } from '../src/statistics/samples/ranking.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { spreadOf, type Spread } from './spread.ts';
import { benchRows } from './training/rows.ts';
import { writeRows } from './training/rows-file.ts';
import { readAnswers, runTrainer, trainers, type Measured, type TrainerName } from './training/run-trainer.ts';
import { settings } from './training/settings.ts';

const { trees, leaves, learningRate, bins, rowsPerLeafMin } = settings;

const help = `npm run bench:training -- [--rows 100000,500000] [--runs 3] [--only perennial,lightgbm] [--threads 1]
                         [--seed 1] [--python VENV/bin/python] [--json]

What fitting boosted trees costs, beside LightGBM and scikit-learn's HistGradientBoosting: processor seconds of one fit
from columns in memory to a model, AUROC and log loss on 100,000 held-out rows. Generated rows with 16 numbers and 4
categories of 8 to 200 values;
${trees} trees of ${leaves} leaves, learning rate ${learningRate}, ${bins} bins, ${rowsPerLeafMin} rows a leaf at least.
Categories are taken as such. All read one file; fits take turns, each in a process of its own. LightGBM is asked in
both of its orders (by columns, by rows). Threads are those of the peers; Perennial fits on one.
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
else await bench();

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
  process.stderr.write(`error: --only takes ${trainers.join(', ')}, not "${name}".\n`);
  process.exit(2);
}
