import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fraud } from '../models/fraud.ts';
import { createDatabase, withTransaction, type Database } from '../src/db/base/connect.ts';
import { migrate } from '../src/db/base/migrate.ts';
import { storeSpec } from '../src/db/models/specs.ts';
import { createSegmentSink } from '../src/db/traffic/store/store-segment.ts';
import { sayBytes } from '../src/domain/words/say.ts';
import { startPostgres } from '../src/embedded/postgres/postgres.ts';
import { freePort } from '../src/embedded/process/free-port.ts';
import { labelRecord, predictionRecord } from '../tests/worlds/spool-records.ts';
import { testEntities } from '../tests/worlds/entity-names.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { familyCpuMsOf } from '../src/embedded/process/processor-time.ts';

const help = `npm run bench:year [-- --rows N] [--json]

Stores N predictions (default 100,000) of 20 numbers and 4 texts, and a label for each, through the real store into a
Postgres of its own, and prints what one costs: bytes of tables, indexes and ledger, CPU of Postgres and of the store.
From these it reckons a year at 1, 100 and 5,000 predictions a second, all rows kept in Postgres as the default
retention keeps them, nothing sealed. Linux only: CPU is read from /proc.`;

const ratesPerSecond = [1, 100, 5_000] as const;
const yearSeconds = 31_536_000;
const rowsPerSegment = 1_000;

const { values } = readOptions({
  options: {
    rows: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const rows = wholeOption('rows', values.rows);
if (values.help) process.stdout.write(`${help}\n`);
else await bench(rows);

async function bench(rows: number): Promise<void> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  const logFile = path.join(stateDir, 'postgres.log');
  const postgres = await startPostgres({ stateDir, logFile, port: await freePort(54_400) });
  const database = createDatabase(postgres.url, { connectionsMax: 4, onIdleError: () => undefined });
  try {
    await migrate(database);
    await withTransaction(database, (tx) => storeSpec(tx, fraud, 'bench'));
    const emptyBytes = await bytesOf(database);
    const before = { node: process.cpuUsage(), postgres: await familyCpuMsOf(postgres.process.pid) };
    await storeAll(database, rows);
    const node = process.cpuUsage(before.node);
    const unit = {
      bytesPerPrediction: ((await bytesOf(database)) - emptyBytes) / rows,
      postgresCpuMs: ((await familyCpuMsOf(postgres.process.pid)) - before.postgres) / rows,
      storeCpuMs: (node.user + node.system) / 1_000 / rows,
      storeBytes: process.memoryUsage().rss,
    };
    tell(rows, unit);
  } finally {
    await database.close();
    await postgres.process.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

interface Unit {
  /** A prediction with its label. */
  readonly bytesPerPrediction: number;
  readonly postgresCpuMs: number;
  readonly storeCpuMs: number;
  readonly storeBytes: number;
}

function tell(rows: number, unit: Unit): void {
  const years = ratesPerSecond.map((perSecond) => ({
    perSecond,
    diskBytes: perSecond * yearSeconds * unit.bytesPerPrediction,
    postgresCores: (perSecond * unit.postgresCpuMs) / 1_000,
    storeCores: (perSecond * unit.storeCpuMs) / 1_000,
  }));
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ rows, ...unit, years })}\n`);
    return;
  }
  process.stdout.write(`one prediction with its label: ${sayBytes(unit.bytesPerPrediction)}, `);
  process.stdout.write(
    `${unit.postgresCpuMs.toFixed(3)} ms of Postgres, ${unit.storeCpuMs.toFixed(3)} ms of the store\n`,
  );
  process.stdout.write(`memory of the store: ${sayBytes(unit.storeBytes)}\n`);
  for (const { perSecond, diskBytes, postgresCores, storeCores } of years)
    process.stdout.write(
      `${String(perSecond).padStart(5)} a second: ${sayBytes(diskBytes)} a year, ` +
        `${postgresCores.toFixed(2)} cores of Postgres, ${storeCores.toFixed(2)} of the store\n`,
    );
}

async function storeAll(database: Database, rows: number): Promise<void> {
  const sink = createSegmentSink({
    entities: testEntities,
    database,
    profileOf: () => Promise.resolve(null),
    specOf: () => Promise.resolve(fraud),
  });
  const numbers = Array.from({ length: 20 }, (_, index) => index + 0.25);
  const texts = ['visa', 'SE', 'web', 'groceries'];
  for (let from = 0; from < rows; from += rowsPerSegment) {
    const ids = Array.from({ length: Math.min(rowsPerSegment, rows - from) }, (_, index) => `bench-${from + index}`);
    const atMs = Date.now();
    const records = ids.flatMap((id) => [
      predictionRecord(id, { numbers, texts, entityHash: `entity-${id}`, requestedAtMs: atMs }),
      labelRecord(`label-${id}`, { predictionId: id, receivedAtMs: atMs }),
    ]);
    // oxlint-disable-next-line no-await-in-loop -- as the shipper does: one segment after the other
    await sink.store({ segmentId: `bench-${from}`, processId: 'bench', records });
  }
}

async function bytesOf({ pool }: Database): Promise<number> {
  await pool.query('checkpoint');
  const { rows } = await pool.query<{ bytes: number }>('select pg_database_size(current_database())::float8 as bytes');
  return rows[0]?.bytes ?? 0;
}
