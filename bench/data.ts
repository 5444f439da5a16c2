import { rowRules } from '../src/domain/contract/row-rules.ts';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createArtifactStore } from '../src/artifacts/artifact-store.ts';
import { sha256OfFile } from '../src/artifacts/digest.ts';
import { withDuck } from '../src/data/duck/connect.ts';
import { literal } from '../src/data/duck/sql.ts';
import { profileDataset } from '../src/data/profile/profile-dataset.ts';
import { acceptedOptions } from '../src/data/snapshot/write-accepted.ts';
import { ingestTable } from '../src/data/snapshot/ingest-table.ts';
import type { DataFormat } from '../src/domain/spec/closed-sets.ts';
import { completeSpec } from '../src/domain/spec/default-spec.ts';
import type { FeatureSpec, ModelSpec } from '../src/domain/spec/spec.ts';
import { classesOf } from '../src/domain/tasks/task-of.ts';
import { checkLeakage } from '../src/trainers/prepare/check-leakage.ts';
import { readTable } from '../src/trainers/prepare/read-table.ts';
import { categories, fileOf, formats, numbers, readers, words, writeCsv } from './data-table.ts';
import { askRules, validationPeers } from './peers/validation-peers.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:data [-- --json --rows 1000000 --formats csv,parquet --rounds 3 --peers VENV/bin/python]

Makes a table of 20 columns from a fixed seed and brings it through the contract (types, ranges, closed sets, missing
cells) to a snapshot with its summary, each format in a process of its own. Prints CPU seconds (all threads, after the
code was loaded), peak memory of that process in MB, the rows accepted, what the whole profile then takes that a person
asks for, and what the question for leakage takes of a training. In turn with each ingest the engine alone reads the
same file by its types and writes it as a snapshot is written, with no rule, verdict, digest or summary: the limit, and
how many times that the ingest takes, pair by pair. All figures are medians of the rounds. A table of more than a
million rows is checked in parts that a retry would find again, as a worker does it. --rows 200000,10000000,50000000
does several sizes, one after the other, each with a line (with --json: an object) of its own; 50 million rows take some
10 GB of disk several times over. Before them stands what the process of an ingest takes before the first row: the state
from which the peak of each size is to be seen. The question for leakage holds its table in memory, and is left out
above 5 million rows.
With --peers also what the rules alone take, from a table in memory, beside Pandera and Great Expectations in turn: the
run with the median CPU of three, its peak memory, and both as multiples of ours. The environment: python -m venv VENV
  && VENV/bin/pip install -r bench/peers/validation-requirements.txt`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    formats: { type: 'string', default: 'csv,parquet' },
    help: { type: 'boolean', short: 'h', default: false },
    rounds: { type: 'string', default: '3' },
    peers: { type: 'string' },
    limit: { type: 'string' },
    floor: { type: 'boolean', default: false },
    file: { type: 'string' },
    ask: { type: 'string' },
  },
});

interface Measured {
  readonly format: string;
  readonly rows: number;
  readonly megabytes: number;
  readonly accepted: number;
  readonly rules: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMb: number;
  /** Of the engine alone, which reads the file by its types and writes it: no ingest takes less. */
  readonly limitCpuSeconds: number;
  readonly limitPeakMb: number;
  /** The ingest over that, in the same round. */
  readonly timesLimit: number;
  /** Of the profile that a person asks for afterwards; the peak then is that of both. */
  readonly profileCpuSeconds: number;
  readonly peakMbWithProfile: number;
  /** Of the question for leakage that a training asks of its table, which is in memory by then. */
  readonly leakageCpuSeconds: number | null;
}

const leakageRowsMax = 5_000_000;

if (values.help) process.stdout.write(`${help}\n`);
else if (values.ask !== undefined) process.stdout.write(JSON.stringify(await askRules(values.ask, specOf('parquet'))));
else if (values.limit !== undefined)
  process.stdout.write(JSON.stringify(await limit(values.limit, formatOf(values.formats))));
else if (values.floor) process.stdout.write(JSON.stringify({ floorMb: await floor() }));
else if (values.file === undefined) await benchAll(values.rows.split(',').map((rows) => wholeOption('rows', rows)));
else process.stdout.write(JSON.stringify(await ingest(values.file, formatOf(values.formats))));

function formatOf(name: string): DataFormat {
  const format = formats.find((known) => known === name);
  if (format === undefined) throw new TypeError(`--formats: there is no ${name}; there is: ${formats.join(', ')}`);
  return format;
}

/** Each size by itself, the smallest first: its files are removed before the next is made. */
async function benchAll(sizes: readonly number[]): Promise<void> {
  const floorMb = childAnswer<{ readonly floorMb: number }>(['--floor']).floorMb;
  if (!values.json) process.stdout.write(`before the first row: ${floorMb} MB\n`);
  // oxlint-disable-next-line no-await-in-loop -- one at a time: two would share the processor
  for (const rows of [...sizes].toSorted((one, other) => one - other)) await bench(rows, floorMb);
}

/** What a process takes that has the code, an engine and a store, and has read nothing. */
async function floor(): Promise<number> {
  return withDuck({ threads: 1 }, async (duck) => {
    await duck.rows('SELECT 1');
    return Math.round(process.resourceUsage().maxRSS / 1024);
  });
}

function childAnswer<Answer>(question: readonly string[]): Answer {
  const args = [...process.execArgv, process.argv[1] ?? '', ...question];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 6 * 3_600_000 });
  if (child.status !== 0) throw new Error(`${question.join(' ')}: ${child.stderr}`);
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own child wrote it
  return JSON.parse(child.stdout) as Answer;
}

async function bench(rows: number, floorMb: number): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-data-'));
  try {
    const csv = path.join(dir, 'table.csv');
    await writeCsv(csv, rows);
    const measured: Measured[] = [];
    for (const format of values.formats.split(',').map(formatOf)) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time: two would share the processor
      const file = await fileOf(csv, format);
      measured.push(medians(Array.from({ length: wholeOption('rounds', values.rounds) }, () => measure(file, format))));
    }
    const own = [...process.execArgv, process.argv[1] ?? '', '--ask'];
    const frame = values.peers === undefined ? '' : await fileOf(csv, 'parquet');
    const asked = values.peers === undefined ? [] : validationPeers(values.peers, frame, [...own, frame]);
    const said = asked.map(
      ({ by, rules, cpuSeconds, peakMb, cpuRatio, memoryRatio }) =>
        `rules alone, ${by}: ${rules} rules in memory: ${cpuSeconds} CPU s (${cpuRatio} times ours), ` +
        `peak ${peakMb} MB (${memoryRatio} times ours)\n`,
    );
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ rows, floorMb, measured, asked })}\n`
        : [...measured.map(line), ...said].join(''),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function line({ format, rows, megabytes, accepted, cpuSeconds, peakMb, rules, ...rest }: Measured): string {
  const { profileCpuSeconds, peakMbWithProfile, leakageCpuSeconds, limitCpuSeconds, limitPeakMb, timesLimit } = rest;
  return (
    `${format}: ${rows} rows x 20 columns (${megabytes} MB), ${rules} rules: ${cpuSeconds} CPU s, peak ${peakMb} MB, ` +
    `${accepted} accepted; the engine alone reads and writes it in ${limitCpuSeconds} CPU s, peak ${limitPeakMb} MB: ` +
    `${timesLimit} times that; whole profile: ${profileCpuSeconds} CPU s, peak ${peakMbWithProfile} MB; ` +
    `question for leakage of a training: ${leakageCpuSeconds === null ? 'not asked' : `${leakageCpuSeconds} CPU s`}\n`
  );
}

/** Each in a process of its own, because memory that was once used stays with the process. */
function measure(file: string, format: DataFormat): Measured {
  const answerTo = <Answer>(question: string): Answer => childAnswer([question, file, '--formats', format]);
  const measured = answerTo<Ingested>('--file');
  const limits = answerTo<Limit>('--limit');
  const timesLimit = Math.round((100 * measured.cpuSeconds) / limits.limitCpuSeconds) / 100;
  return { ...measured, ...limits, timesLimit };
}

/** Each figure by itself. */
function medians(rounds: readonly Measured[]): Measured {
  const [first] = rounds;
  if (first === undefined) throw new TypeError('--rounds: at least one');
  const median = (name: keyof Measured): unknown =>
    typeof first[name] === 'number'
      ? rounds.map((round) => Number(round[name])).sort((one, other) => one - other)[Math.floor(rounds.length / 2)]
      : first[name];
  // oxlint-disable-next-line no-unsafe-type-assertion -- the same keys, each with a value of the same kind
  return Object.fromEntries(Object.keys(first).map((name) => [name, median(name as keyof Measured)])) as never;
}

type Limit = Pick<Measured, 'limitCpuSeconds' | 'limitPeakMb'>;
type Ingested = Omit<Measured, keyof Limit | 'timesLimit'>;

/** One thread and the options of a snapshot, as an ingest has them. */
async function limit(file: string, format: DataFormat): Promise<Limit> {
  const dir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-data-'));
  try {
    return await withDuck({ threads: 1 }, async (duck) => {
      const before = process.cpuUsage();
      const out = literal(path.join(dir, 'limit.parquet'));
      await duck.run(`COPY (FROM ${readers[format](literal(file))}) TO ${out} ${acceptedOptions}`);
      return {
        limitCpuSeconds: cpuSecondsSince(before),
        limitPeakMb: Math.round(process.resourceUsage().maxRSS / 1024),
      };
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function ingest(file: string, format: DataFormat): Promise<Ingested> {
  const dir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-data-'));
  try {
    const sourceDigest = await sha256OfFile(file);
    const before = process.cpuUsage();
    const startedMs = performance.now();
    const spec = specOf(format);
    const store = createArtifactStore(path.join(dir, 'store'));
    const { manifest } = await ingestTable({
      spec,
      specRevision: 1,
      table: {
        path: file,
        name: path.basename(file),
        format,
        rowsMax: null,
        sourceDigest,
        contentDigest: sourceDigest,
      },
      workDir: path.join(dir, 'work'),
      store,
      nowMs: 0,
      progress: { known: undefined, tell: () => undefined },
    });
    const measured = {
      format,
      rows: manifest.rows + manifest.quarantinedRows,
      megabytes: Math.round((await stat(file)).size / 1e6),
      accepted: manifest.rows,
      rules: rowRules(spec, { unlabelled: 'refuse' }).length,
      cpuSeconds: cpuSecondsSince(before),
      wallSeconds: Math.round((performance.now() - startedMs) / 10) / 100,
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    const roles = {
      features: spec.features.map(({ name, kind }) => ({ name, isTime: kind === 'time' })),
      target: { column: spec.target.column, classes: classesOf(spec.target) },
      entity: spec.entity?.column ?? null,
      eventTime: spec.eventTime?.column ?? null,
    };
    const profileBefore = process.cpuUsage();
    await profileDataset(store, { dataset: [manifest], roles, folder: path.join(dir, 'profile') });
    const withProfile = {
      ...measured,
      profileCpuSeconds: cpuSecondsSince(profileBefore),
      peakMbWithProfile: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    if (measured.rows > leakageRowsMax) return { ...withProfile, leakageCpuSeconds: null };
    const { table } = await readTable(spec, await Promise.all(manifest.files.map((one) => store.pathOf(one.sha256))));
    const leakageBefore = process.cpuUsage();
    checkLeakage(spec, table, []);
    return { ...withProfile, leakageCpuSeconds: cpuSecondsSince(leakageBefore) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1e4) / 100;
}

function specOf(format: DataFormat): ModelSpec {
  return completeSpec({
    name: 'bench',
    about: { owner: 'bench', useCase: 'bench', successCriterion: 'bench' },
    source: { kind: 'file', path: 'table', format },
    features: [
      ...numbers.map((name): FeatureSpec => ({ kind: 'number', name, missing: 'allow', min: -1e6, max: 1e6 })),
      ...categories.map((name): FeatureSpec => ({ kind: 'category', name, missing: 'allow', values: words })),
      { kind: 'boolean', name: 'flag', missing: 'allow' },
    ],
    contract: {
      rules: [...numbers, ...numbers.slice(0, 10)].map((left, index) => ({
        rule: 'compare',
        id: `compare-${index + 1}`,
        left,
        op: index < numbers.length ? '<=' : '>=',
        right: { value: index < numbers.length ? 1e6 : -1e6 },
        severity: 'warn',
      })),
    },
    eventTime: { column: 'at' },
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 100 } },
  });
}
