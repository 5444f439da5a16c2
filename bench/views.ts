import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDatabase, withTransaction, type Database } from '../src/db/base/connect.ts';
import { migrate } from '../src/db/base/migrate.ts';
import { applyRows, beginBuild, endBuild } from '../src/db/feature-views/online-build.ts';
import { createViewStore } from '../src/db/feature-views/online-source.ts';
import { storeView } from '../src/db/feature-views/store-view.ts';
import { startPostgres } from '../src/embedded/postgres/postgres.ts';
import { freePort } from '../src/embedded/process/free-port.ts';
import { defineView, folder, number } from '../src/sdk/index.ts';
import type { EdgeRow } from '../src/serving/edge/edge-row.ts';
import { fillViews } from '../src/serving/views/fill-views.ts';
import type { ViewColumns } from '../src/serving/views/view-columns.ts';
import { createViewReader } from '../src/serving/views/view-reader.ts';
import { entityKeyOf } from '../src/views/online/entity-key.ts';
import { noState, withRows } from '../src/views/online/entity-state.ts';
import { planView } from '../src/views/online/plan-view.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { familyCpuMsOf } from '../src/embedded/process/processor-time.ts';
import { spreadOf } from './spread.ts';
import { benchOffline } from './views-offline.ts';

const help = `npm run bench:views [-- --json] [-- --entities 10000 --looks 2000] [--feast PYTHON]
npm run bench:views -- --offline [--json] [--labels 1000000 --rows 5000000] [--feast PYTHON]

One row of one entity looks at 3 views of 10 features: remembered by the process, and read from a Postgres of its own.
Prints microseconds per row: the processor time of this process where it remembers (median of ten rounds), and the
time that passes where Postgres is asked (median, smallest, largest), with the processor time of this process beside it.
The targets are 5 and 300 µs; late counts rows that waited for 100 ms and were answered without. Postgres is counted
with all of its processes. --feast names a Python that has feast: its online store (SQLite) is asked the same after it.
It comes by python -m venv VENV && VENV/bin/pip install -r bench/peers/feast-requirements.txt

--offline joins labels with three views of ten features, as a training does, and prints CPU seconds and peak memory of
the process that joins; --feast names a Python that has feast, which joins the same files after it.`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    entities: { type: 'string', default: '10000' },
    looks: { type: 'string', default: '2000' },
    offline: { type: 'boolean', default: false },
    labels: { type: 'string', default: '1000000' },
    rows: { type: 'string', default: '5000000' },
    feast: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const entities = wholeOption('entities', values.entities);
const looks = wholeOption('looks', values.looks);
const silent = { warn: () => undefined, info: () => undefined, error: () => undefined };
const features = Array.from({ length: 10 }, (_, at) => `f${at}`);
const viewNames = ['cards', 'shops', 'devices'] as const;
const nowMs = Date.UTC(2026, 0, 2);

if (values.help) process.stdout.write(`${help}\n`);
else if (values.offline)
  print(
    await benchOffline({
      labels: wholeOption('labels', values.labels),
      rows: wholeOption('rows', values.rows),
      feast: values.feast ?? null,
    }),
  );
else await bench();

function print(figures: object): void {
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${JSON.stringify(figures, null, 2)}\n`);
}

async function bench(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'perennial-views-'));
  const port = await freePort(54_900);
  const postgres = await startPostgres({ stateDir: dir, logFile: path.join(dir, 'postgres.log'), port });
  const database = createDatabase(postgres.url, { onIdleError: () => undefined });
  try {
    await migrate(database);
    const found = await measure(database, postgres.process.pid ?? 0);
    print(values.feast === undefined ? found : { ...found, feast: await feastIn(values.feast, dir) });
  } finally {
    await database.close();
    await postgres.process.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function feastIn(python: string, dir: string) {
  const script = fileURLToPath(new URL('peers/feast-online.py', import.meta.url));
  const ask = JSON.stringify({ dir, views: viewNames, features, entities, looks });
  const { stdout } = await promisify(execFile)(python, [script, ask], { maxBuffer: 16_777_216 });
  const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as FeastLooks;
  return { storeUs: spreadOf(said.storeUs), storeCpuUs: Math.round(said.storeCpuUs * 10) / 10 };
}

interface FeastLooks {
  readonly storeUs: readonly number[];
  readonly storeCpuUs: number;
}

async function measure(database: Database, postgresPid: number) {
  const columns: ViewColumns[] = [];
  for (const name of viewNames) columns.push(await fill(database, name, columns.length));
  const store = createViewStore(database, silent);
  const row = (at: number): EdgeRow => ({
    numbers: new Float64Array(features.length * columns.length).fill(NaN),
    texts: [],
    entity: `e${at % entities}`,
    eventTimeMs: null,
  });
  const reader = createViewReader(store, silent);
  const storeUs: number[] = [];
  let late = 0;
  const postgresBefore = await familyCpuMsOf(postgresPid);
  const cpuBefore = process.cpuUsage();
  for (let at = 0; at < looks; at++) {
    const from = performance.now();
    const [filled] = await fillViews(reader, columns, [row(at)], nowMs);
    storeUs.push((performance.now() - from) * 1_000);
    if (filled?.uses.some(({ isLate }) => isLate === true) === true) late++;
    else if (filled?.uses.length !== 3 || filled.uses.some(({ status }) => status !== 'fresh'))
      throw new Error('a row was not filled');
  }
  const cpu = process.cpuUsage(cpuBefore);
  const postgresMs = (await familyCpuMsOf(postgresPid)) - postgresBefore;
  const known = row(0);
  const cacheUs: number[] = [];
  for (let round = 0; round < 10; round++) {
    const from = process.cpuUsage();
    for (let at = 0; at < looks * 5; at++) await fillViews(reader, columns, [known], nowMs);
    const took = process.cpuUsage(from);
    cacheUs.push((took.user + took.system) / (looks * 5));
  }
  reader.stop();
  const rounded = (us: number): number => Math.round(us * 10) / 10;
  return {
    bench: 'views',
    views: columns.length,
    features: features.length,
    entities,
    looks,
    rememberedCpuUs: spreadOf(cacheUs),
    storeUs: spreadOf(storeUs),
    late,
    storeCpuUs: rounded((cpu.user + cpu.system) / looks),
    postgresCpuUs: rounded((postgresMs * 1_000) / looks),
  };
}

/** A view of all entities, in its online store. */
async function fill(database: Database, name: string, place: number): Promise<ViewColumns> {
  const view = defineView({
    name,
    owner: 'bench',
    entity: 'id',
    eventTime: 'at',
    features: Object.fromEntries(features.map((feature) => [feature, number()])),
    ttl: '30 days',
    source: folder('nowhere', { format: 'csv' }),
  });
  const { digest } = await withTransaction(database, (tx) => storeView(tx, view, 'bench'));
  const key = { view: name, digest };
  await database.pool.query('insert into online_view (view, digest) values ($1, $2)', [name, digest]);
  const plan = planView(view);
  let build = await beginBuild(database, key, { snapshot: 'bench', after: null, generation: 1, isAnew: true });
  for (let from = 0; build !== null && from < entities; from += 2_000) {
    const keys = Array.from({ length: Math.min(2_000, entities - from) }, (_, at) => `e${from + at}`);
    const states = new Map(
      keys.map((id, at) => {
        const seq = from + at;
        const numbers = Object.fromEntries(features.map((feature, index) => [feature, seq + index / 7]));
        const one = { eventMs: nowMs - 1_000, availableMs: nowMs - 1_000, seq, id: null, values: numbers };
        return [entityKeyOf([id]) ?? '', withRows(plan, noState(plan), [one], nowMs).state] as const;
      }),
    );
    const throughSeq = from + keys.length - 1;
    await applyRows(database, key, build, {
      entities: [...states.keys()],
      files: null,
      count: keys.length,
      throughSeq,
      fold: () => states,
    });
    build = { ...build, throughSeq };
  }
  if (build !== null) await endBuild(database, key, build);
  await database.pool.query('analyze online_entity');
  return {
    ...key,
    keyOf: ({ entity }) => (entity === null ? null : [entity]),
    cells: features.map((feature, index) => ({ feature, isText: false, index: place * features.length + index })),
  };
}
