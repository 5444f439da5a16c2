import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createArtifactStore } from '../src/artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../src/db/base/connect.ts';
import { migrate } from '../src/db/base/migrate.ts';
import { startEngines } from '../src/embedded/engines.ts';
import { superviseProcesses } from '../src/embedded/process/supervisor.ts';
import { startArguments } from '../src/entry-point.ts';
import { serverBundle } from '../src/stack/server-bundle.ts';
import { connectClient } from '../src/temporal/connect.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { addClosedWindow, addWatchedModel, watchedSpec } from '../tests/worlds/watched-models.ts';
import { configOfOwnEngines } from './own-engines.ts';
import { familyCpuMsOf } from '../src/embedded/process/processor-time.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { labelledWindows } from './watch/labelled-windows.ts';

const help = `npm run bench:watch [-- --json] [-- --models 2000 --minutes 1 --shards 1]
       npm run bench:watch [-- --json] -- --labels [--rounds 12]

Starts engines and one worker of its own, waits until every model has its entity, and closes one window of every model
a minute, evenly spread. Models are not applied over HTTP but written to Postgres, each with a champion that counts as
trained; a window has 200 rows as its counters tell of them and no labels behind it. So every window is judged and
decided about, and none asks for a training. Prints how long after its close each window was judged, and the CPU of
the worker, of Postgres and of Temporal in that time, in milliseconds; before that, how long the entities took to
start.

--labels asks another question and starts a Postgres alone: what one judged window costs with a label for every row,
and with ten slices, against a window of as many rows without labels. Windows of 500, 2,000 and 5,000 rows
and of all three kinds are judged in turns, through the activity that the worker runs; figures are medians over
--rounds.`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    models: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '1' },
    shards: { type: 'string', default: '1' },
    labels: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '12' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const models = wholeOption('models', values.models);
const minutes = wholeOption('minutes', values.minutes);
const shards = wholeOption('shards', values.shards);
const rounds = wholeOption('rounds', values.rounds, { min: 3, max: 1_000 });
/** Windows that are not judged by then are counted as missing. */
const lateMsMax = 60_000;
/** A first start bundles processes and workflows. */
const startMsMax = 120_000;
/** After that, an entity is started for every model. */
const entitiesMsMax = 600_000;
const decided = 'select count(*) as n from "window" where decided_at is not null';
const open = 'select count(*) as n from "window" where judged_at is null';
const runningEntities = "WorkflowType = 'model' and ExecutionStatus = 'Running'";
const nameOf = (i: number): string => `model-${String(i).padStart(5, '0')}`;

if (values.help) process.stdout.write(`${help}\n`);
else if (values.labels) await benchLabels();
else await bench();

async function benchLabels(): Promise<void> {
  const windows = await labelledWindows(rounds, (line) => void process.stderr.write(`  ${line}\n`));
  const result = { bench: 'watch-labels', rounds, windows };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`);
}

async function bench(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  const config = configOfOwnEngines(folder);
  const log = createLogger('bench', 'silent');
  const onProgress = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const engines = await startEngines(config, { log, onProgress });
  const database = createDatabase(engines.databaseUrl);
  const { client, close } = await connectClient(config, {
    address: engines.temporalAddress,
    namespace: engines.namespace,
  });
  try {
    await migrate(database);
    onProgress(`${models} models`);
    const store = createArtifactStore(config.artifactDir);
    for (let i = 0; i < models; i++) await addWatchedModel(database, store, watchedSpec(nameOf(i)));
    await saveTrainings(database);
    const worker = superviseProcesses(
      [
        {
          name: 'worker',
          args: startArguments('main-worker', await serverBundle(config.rootDir)),
          env: { ...engines.env, PERENNIAL_WATCH_SHARDS: String(shards) },
        },
      ],
      { log, logDir: config.logDir, stateDir: config.stateDir, onProgress: () => undefined },
    );
    try {
      await until(async () => (await count(database, 'select count(*) as n from watch_shard')) > 0, startMsMax);
      const startedMs = performance.now();
      const hasEntities = async (): Promise<boolean> => (await client.workflow.count(runningEntities)).count >= models;
      await until(hasEntities, entitiesMsMax, 2_000);
      const entitiesSeconds = Math.round((performance.now() - startedMs) / 1_000);
      const pids = { worker: worker.pids()['worker'] ?? 0, ...engines.pids() };
      const before = await cpuOf(pids);
      onProgress(`${minutes} minute(s) of windows`);
      await closeWindows(database);
      await until(async () => (await count(database, open)) === 0, lateMsMax).catch(() => undefined);
      const cpuMs = differences(before, await cpuOf(pids));
      report({ entitiesSeconds, delays: await delaysOf(database), decided: await count(database, decided), cpuMs });
    } finally {
      await worker.stop();
    }
  } finally {
    await close();
    await database.close();
    await engines.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each has been trained under its definition: without that, every entity and every window would ask for a training. */
async function saveTrainings({ pool }: Database): Promise<void> {
  await pool.query('update model set train_counter = 1');
  await pool.query(
    `insert into run (run_id, model, kind, trigger, status, input, ended_at)
     select 'train/' || name || '/1', name, 'train', 'first', 'completed',
       json_build_object('model', name, 'number', 1, 'specRevision', spec_revision, 'trigger', 'first'), now()
     from model`,
  );
}

/** One window of every model each minute; whoever falls behind catches up, and the clock tells. */
async function closeWindows(database: Database): Promise<void> {
  const startedMs = performance.now();
  for (let i = 0; i < models * minutes; i++) {
    const dueMs = (i * 60_000) / models - (performance.now() - startedMs);
    if (dueMs > 0) await pause(dueMs);
    const model = nameOf(i % models);
    const number = 1 + Math.floor(i / models);
    await addClosedWindow(database, model, number);
    await database.pool.query(
      `select pg_notify('perennial_window', json_build_object('model', $1::text, 'window', $2::int, 'hash',
        hashtext($1::text) & 2147483647)::text)`,
      [model, number],
    );
  }
}

async function delaysOf({ pool }: Database): Promise<readonly number[]> {
  const { rows } = await pool.query<{ ms: number | null }>(
    'select extract(epoch from judged_at - closed_at)::float8 * 1000 as ms from "window"',
  );
  return rows.map(({ ms }) => ms ?? Infinity).toSorted((a, b) => a - b);
}

type Cpu = Readonly<Record<string, number>>;

async function cpuOf(pids: Readonly<Record<string, number | undefined>>): Promise<Cpu> {
  const times: Record<string, number> = {};
  for (const [name, pid] of Object.entries(pids)) if (pid !== undefined) times[name] = await familyCpuMsOf(pid);
  return times;
}

function differences(before: Cpu, after: Cpu): Cpu {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, Math.round(ms - (before[name] ?? 0))]));
}

async function count({ pool }: Database, text: string): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(text);
  return Number(rows[0]?.n ?? 0);
}

async function until(isDone: () => Promise<boolean>, limitMs: number, everyMs = 200): Promise<void> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await pause(everyMs))
    if (await isDone()) return;
  throw new Error('it did not come about in time');
}

function report(measured: {
  readonly entitiesSeconds: number;
  readonly delays: readonly number[];
  readonly decided: number;
  readonly cpuMs: Cpu;
}): void {
  const { entitiesSeconds, delays, cpuMs } = measured;
  const at = (share: number): number => Math.round(delays[Math.ceil(share * delays.length) - 1] ?? NaN);
  const judged = delays.filter(Number.isFinite).length;
  const result = {
    bench: 'watch',
    models,
    windows: delays.length,
    shards,
    entitiesSeconds,
    judged,
    decided: measured.decided,
    withinMinute: delays.filter((ms) => ms <= 60_000).length,
    delayMs: { median: at(0.5), p95: at(0.95), max: at(judged / delays.length) },
    cpuMs,
    minutes,
  };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`);
  if (result.withinMinute < delays.length) process.exitCode = 1;
}
