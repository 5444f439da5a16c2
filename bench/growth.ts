import process from 'node:process';
import { createDatabase } from '../src/db/base/connect.ts';
import { createGrowthWorld } from '../tests/worlds/growth/growth-world.ts';
import type { HistorySize } from '../tests/worlds/growth/history-size.ts';
import { setup } from '../tests/worlds/postgres.ts';
import { cpuOf, type Cpu } from './growth-cpu.ts';
import { duties, type Duty, type DutyCosts } from './growth-duties.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:growth [-- --json] [-- --predictions 2000000 --labels 800000 --windows 4000 --models 200]

Writes histories of a quarter, a half and the whole of the size into a Postgres of its own, and does at each size what a
platform does again and again: a tick without work, a closed window, what a training asks before it reads, the traffic
that is new to it, a segment, and every page. Prints the CPU of Node and of Postgres in milliseconds per duty, and their
ratio between the largest and the smallest history, each by what the same fixed work cost at the time (a yardstick is
measured before each duty): hours lie between them. The target is the same within 20 %.`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    predictions: { type: 'string', default: '2000000' },
    labels: { type: 'string', default: '800000' },
    windows: { type: 'string', default: '4000' },
    models: { type: 'string', default: '200' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const whole = {
  predictions: wholeOption('predictions', values.predictions),
  labels: wholeOption('labels', values.labels),
  windows: wholeOption('windows', values.windows),
  models: wholeOption('models', values.models),
};

interface Measured extends DutyCosts {
  readonly size: HistorySize;
  readonly writtenMs: number;
}

/** Windows that a tick finds closed: as many as it judges at once. */
const unjudgedWindows = 20;

if (values.help) process.stdout.write(`${help}\n`);
else await bench();

async function bench(): Promise<void> {
  const stop = await setup();
  try {
    // The first history of a process pays for compiling its code: a small one, which is thrown away.
    await measure(sizeOf(1 / 16));
    const measured: Measured[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one history at a time: two would share the processor
    for (const share of [1 / 4, 1 / 2, 1]) measured.push(await measure(sizeOf(share)));
    report(measured);
  } finally {
    await stop();
  }
}

function sizeOf(share: number): HistorySize {
  const windows = Math.max(4 * unjudgedWindows, Math.round(whole.windows * share));
  const windowRows = Math.max(1, Math.round(whole.predictions / whole.windows));
  return {
    windows,
    unjudgedWindows,
    predictions: windows * windowRows,
    labels: Math.round(whole.labels * share),
    versions: Math.max(210, Math.round(windows / 20)),
    // Models do not become more by age; they are there from the start.
    models: whole.models,
  };
}

async function measure(size: HistorySize): Promise<Measured> {
  say(`${size.predictions} predictions, ${size.labels} labels, ${size.windows} windows, ${size.models} models`);
  const startedMs = performance.now();
  const world = await createGrowthWorld(size, (url) => createDatabase(url));
  const writtenMs = Math.round(performance.now() - startedMs);
  try {
    const done = await duties(world, (work) => cpuOf(world.deps.database, work));
    return { size, writtenMs, ...done };
  } finally {
    await world.close();
  }
}

function report(measured: readonly Measured[]): void {
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined) return;
  const ratios = Object.fromEntries(Object.keys(last.duties).map((duty) => [duty, ratioOf(first, last, duty as Duty)]));
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ measured, ratios }, null, 2)}\n`);
    return;
  }
  for (const { size, duties: done } of measured)
    for (const [duty, { nodeMs, postgresMs }] of Object.entries(done))
      process.stdout.write(`${size.predictions}\t${duty}\tNode ${nodeMs} ms\tPostgres ${postgresMs ?? '?'} ms\n`);
  for (const [duty, ratio] of Object.entries(ratios)) process.stdout.write(`ratio\t${duty}\t${ratio}\n`);
}

/** CPU of both together, the largest history to the smallest, each by what the yardstick cost at the same time. */
function ratioOf(first: Measured, last: Measured, duty: Duty): number {
  const before = first.duties[duty];
  const after = last.duties[duty];
  const slower = (of: (cpu: Cpu) => number): number => of(last.yardstick) / Math.max(of(first.yardstick), 0.01);
  const postgres = (cpu: Cpu): number => cpu.postgresMs ?? 0;
  const node = (cpu: Cpu): number => cpu.nodeMs;
  const then = node(after) / slower(node) + postgres(after) / Math.max(slower(postgres), 0.01);
  return Math.round((100 * then) / Math.max(node(before) + postgres(before), 0.01)) / 100;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
