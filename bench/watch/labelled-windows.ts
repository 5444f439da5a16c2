import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createDatabase } from '../../src/db/base/connect.ts';
import { migrate } from '../../src/db/base/migrate.ts';
import { setWatchShards } from '../../src/db/watching/watch-layout.ts';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { startPostgres } from '../../src/embedded/postgres/postgres.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { judgeAll } from '../../tests/worlds/judge-all.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import { familyCpuMsOf } from '../../src/embedded/process/processor-time.ts';

/** What judging one window costs, in milliseconds of CPU of this process and of Postgres: the median of the rounds. */
export interface LabelledWindow {
  readonly rows: number;
  readonly plainMs: number;
  /** Every row has a label by the time that its window is judged. */
  readonly labelsMs: number;
  /** The same with ten slices, of which decay is judged too. */
  readonly slicesMs: number;
  /** Against windows of as many rows without labels, in the same rounds. */
  readonly labelsTimes: number;
  readonly slicesTimes: number;
}

const windowSizes = [500, 2_000, 5_000] as const;
const cases = ['plain', 'labels', 'slices'] as const;
type Case = (typeof cases)[number];
/** Windows of each world before the first that is measured: references are fixed in them. */
const warmWindows = 3;
const segmentRows = 500;
const slices = Array.from({ length: 10 }, (_, at) => ({
  name: `amount ${at}`,
  feature: 'amount',
  from: 10 * at,
  below: 10 * at + 10,
}));

interface Played {
  readonly of: Case;
  readonly rows: number;
  readonly world: ServingWorld;
  readonly costs: number[];
}

/** One world for each case and size on one Postgres, a window of each in turns: whatever else runs hits all alike. */
export async function labelledWindows(rounds: number, onProgress: (line: string) => void): Promise<LabelledWindow[]> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  const logFile = path.join(stateDir, 'postgres.log');
  const postgres = await startPostgres({ stateDir, logFile, port: await freePort(54_700) });
  const worlds: Played[] = [];
  try {
    for (const rows of windowSizes)
      for (const of of cases) worlds.push({ of, rows, world: await worldOf(postgres.url, of, rows), costs: [] });
    const random = createRandom('labelled windows');
    for (let round = 1; round <= warmWindows + rounds; round++) {
      for (const played of worlds) {
        await answer(played, round, () => random.next());
        const cpuMs = await judge(played.world, postgres.process.pid ?? 0);
        if (round > warmWindows) played.costs.push(cpuMs);
      }
      onProgress(`${round} of ${warmWindows + rounds} windows of each kind`);
    }
    return windowSizes.map((rows) => figuresOf(worlds.filter((one) => one.rows === rows)));
  } finally {
    for (const { world } of worlds) await world.close();
    await postgres.process.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function worldOf(serverUrl: string, of: Case, rows: number): Promise<ServingWorld> {
  const name = `bench_${of}_${rows}`;
  const server = createDatabase(serverUrl, { connectionsMax: 1, onIdleError: () => undefined });
  await server.pool.query(`create database ${name}`).finally(() => server.close());
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = createDatabase(url.href, { connectionsMax: 1, onIdleError: () => undefined });
  await migrate(database).finally(() => database.close());
  const world = await createServingWorld({ url: url.href, drop: () => Promise.resolve() });
  const set = (place: string, value: unknown) =>
    world.database.pool.query('update spec_revision set spec = jsonb_set(spec, $1::text[], $2::jsonb)', [
      place,
      JSON.stringify(value),
    ]);
  await set('{watch,window}', { rows });
  const referenceRows = 2 * rows;
  const decay = { alpha: 0.01, relativeRiseMin: 0.8, labelledRowsMin: 150, referenceRows };
  await set('{watch,decay}', { ...decay, ...(of === 'slices' ? { slices: true } : {}) });
  if (of === 'slices') await set('{slices}', slices);
  await setWatchShards(world.database, 1);
  await world.route({ champion: await world.addVersion(1, [0.9, 0.1]), stage: 'steady' });
  return world;
}

/** A window of answers, of which one in ten turns out to be fraud, in segments as they are shipped. */
async function answer({ of, rows, world }: Played, round: number, chance: () => number): Promise<void> {
  for (let from = 0; from < rows; from += segmentRows) {
    const ids = Array.from({ length: Math.min(segmentRows, rows - from) }, (_, at) => `w${round}-${from + at}`);
    const predictions = ids.map((id) =>
      predictionRecord(id, { numbers: [100 * chance(), 0], answer: { scores: [0.9, 0.1], decision: 'fine' } }),
    );
    const labels = ids.map((id) =>
      labelRecord(`l-${id}`, { predictionId: id, label: chance() < 0.1 ? 'fraud' : 'fine' }),
    );
    const records = of === 'plain' ? predictions : [...predictions, ...labels];
    await world.sink.store({ segmentId: `${round}-${from}`, processId: 'p', records });
  }
}

async function judge(world: ServingWorld, postgresPid: number): Promise<number> {
  const before = { node: process.cpuUsage(), postgres: await familyCpuMsOf(postgresPid) };
  await judgeAll({ database: world.database, store: world.artifacts });
  const { user, system } = process.cpuUsage(before.node);
  return (user + system) / 1_000 + (await familyCpuMsOf(postgresPid)) - before.postgres;
}

function figuresOf(worlds: readonly Played[]): LabelledWindow {
  const medianOf = (of: Case): number => {
    const sorted = worlds.find((one) => one.of === of)?.costs.toSorted((a, b) => a - b) ?? [];
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  const [plain, labels, sliced] = cases.map(medianOf);
  const rounded = (value = Number.NaN): number => Math.round(10 * value) / 10;
  return {
    rows: worlds[0]?.rows ?? 0,
    plainMs: rounded(plain),
    labelsMs: rounded(labels),
    slicesMs: rounded(sliced),
    labelsTimes: rounded((labels ?? Number.NaN) / (plain ?? Number.NaN)),
    slicesTimes: rounded((sliced ?? Number.NaN) / (plain ?? Number.NaN)),
  };
}
