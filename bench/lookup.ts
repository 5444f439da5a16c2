import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keepLogStep } from '../activities/log/keep-log.ts';
import { createArtifactStore } from '../src/artifacts/artifact-store.ts';
import { createSealedLog } from '../src/data/sealed/read-sealed.ts';
import { createDatabase, type Database } from '../src/db/base/connect.ts';
import { migrate } from '../src/db/base/migrate.ts';
import { findPredictions, type PredictionKey } from '../src/db/traffic/read/find-predictions.ts';
import { startPostgres } from '../src/embedded/postgres/postgres.ts';
import { freePort } from '../src/embedded/process/free-port.ts';
import { fillLog } from './lookup-world.ts';
import { spreadOf } from './spread.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:lookup [-- --json] [-- --live 1000000 --sealed 1000000 --parts 13 --lookups 50]

Fills a log on a Postgres of its own, seals what is older than 90 days, and finds predictions by id and by entity, in
Postgres and in sealed files. Prints milliseconds per look-up (median, smallest, largest), and what sealing cost. The
limits are 50 ms in Postgres and 2,000 ms in sealed files.`;

const dayMs = 86_400_000;
const plan = { partMs: 7 * dayMs, idHorizonMs: 30 * dayMs, sealAgeMs: 90 * dayMs };
const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    live: { type: 'string', default: '1000000' },
    sealed: { type: 'string', default: '1000000' },
    parts: { type: 'string', default: '13' },
    lookups: { type: 'string', default: '50' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const size = {
  live: wholeOption('live', values.live),
  sealed: wholeOption('sealed', values.sealed),
  parts: wholeOption('parts', values.parts),
};
const lookups = wholeOption('lookups', values.lookups);
if (values.help) process.stdout.write(`${help}\n`);
else await bench();

async function bench(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-lookup-'));
  const postgres = await startPostgres({
    stateDir: folder,
    logFile: path.join(folder, 'postgres.log'),
    port: await freePort(54_800),
  });
  const database = createDatabase(postgres.url, { statementTimeoutMs: 600_000, onIdleError: () => undefined });
  try {
    await migrate(database);
    print(await measure(database, folder));
  } finally {
    await database.close();
    await postgres.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(database: Database, folder: string) {
  say(`filling ${size.sealed} rows to be sealed and ${size.live} to stay`);
  await fillLog(database, size);
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  const began = performance.now();
  for (let more = true; more;)
    ({ more } = await keepLogStep({ database, store, workDir: path.join(folder, 'work') }, plan));
  const sealMs = performance.now() - began;
  say(`sealed in ${Math.round(sealMs)} ms`);
  const sealed = createSealedLog(store);
  const find = (key: PredictionKey) => findPredictions(database.db, sealed, 'bench', key, 1);
  const newest = (key: PredictionKey) => findPredictions(database.db, sealed, 'bench', key, 10);
  const total = size.sealed + size.live;
  const at = (low: number, high: number, index: number): number =>
    low + 1 + Math.floor(((index * 0.618_033_988_75) % 1) * (high - low));
  const files = await database.pool.query<{ files: number; bytes: number; rows: number }>(
    'select count(*)::int as files, sum(bytes)::float8 as bytes, sum(rows)::float8 as rows from sealed_stretch',
  );
  return {
    ...size,
    files: files.rows[0]?.files ?? 0,
    sealedBytesPerRow: Math.round(((files.rows[0]?.bytes ?? 0) / (files.rows[0]?.rows ?? 1)) * 10) / 10,
    sealMs: Math.round(sealMs),
    idMs: await timed((index) => find({ id: `p-${at(size.sealed, total, index)}` })),
    entityMs: await timed((index) => newest({ entityHashes: [`e-${at(size.sealed, total, index) % 20_000}`] })),
    sealedIdMs: await timed((index) => find({ id: `p-${at(0, size.sealed, index)}` })),
    sealedEntityMs: await timed((index) => newest({ entityHashes: [`old-${at(0, size.sealed, index) % 20_000}`] })),
    unknownIdMs: await timed((index) => find({ id: `nobody-${index}` })),
  };
}

async function timed(look: (index: number) => Promise<readonly unknown[]>) {
  const took: number[] = [];
  for (let index = 0; index < lookups; index++) {
    const from = performance.now();
    await look(index);
    took.push(performance.now() - from);
  }
  return spreadOf(took);
}

function print(result: Awaited<ReturnType<typeof measure>>): void {
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const [name, value] of Object.entries(result)) say(`${name}: ${JSON.stringify(value)}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
