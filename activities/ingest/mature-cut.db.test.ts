import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDuck } from '../../src/data/duck/connect.ts';
import { countThrough } from '../../src/data/traffic/count-through.ts';
import { combineSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import { createTrafficSnapshots } from '../../tests/worlds/traffic-snapshots.ts';

/** Every fourth row is fraud, which is known 5 rows later; the others are known 40 rows later, and in the end 100. */
const rowsPerSegment = 10;
let world: ServingWorld;
let workDir: string;
let snapshots: ReturnType<typeof createTrafficSnapshots>;
let history: SnapshotRef;
let stored = 0;

beforeAll(async () => {
  world = await createServingWorld();
  workDir = await mkdtemp(path.join(tmpdir(), 'perennial-cut-'));
  await world.addVersion(1, [0.75, 0.25]);
  snapshots = createTrafficSnapshots(world, workDir);
  history = await snapshots.takeHistory();
});
afterAll(async () => {
  await world.close();
  await rm(workDir, { recursive: true });
});

const isFraud = (row: number) => row % 4 === 0;
const dueOf = (row: number) => row + (isFraud(row) ? 5 : row <= 200 ? 40 : 100);

async function storeThrough(lastSeq: number): Promise<number> {
  for (; stored < lastSeq; stored += rowsPerSegment) {
    const to = stored + rowsPerSegment;
    const rows = Array.from({ length: to }, (_, i) => i + 1);
    const due = rows.filter((row) => dueOf(row) > stored && dueOf(row) <= to);
    const records = [
      ...rows.slice(stored).map((row) => predictionRecord(`p${row}`, { eventTimeMs: row })),
      ...due.map((row) => labelRecord(`l${row}`, { predictionId: `p${row}`, label: isFraud(row) ? 'fraud' : 'fine' })),
    ];
    // oxlint-disable-next-line no-await-in-loop -- traffic has an order
    await world.sink.store({ segmentId: `s${to}`, processId: 'p', records });
  }
  return snapshots.lastWindow();
}

async function fraudShareOf(traffic: SnapshotManifest): Promise<number> {
  const folder = path.join(workDir, 'combined');
  const { paths } = await combineSnapshots(world.artifacts, [traffic], folder);
  const [row] = await withDuck({}, (duck) =>
    duck.rows(`SELECT avg(CASE WHEN label = 'fraud' THEN 1 ELSE 0 END) AS share FROM read_parquet('${paths[0]}')`),
  );
  return Number(row?.['share']);
}

test('a training gets no row of a model that does not know yet how late its labels come', async () => {
  // 20 rows: some frauds are known, and nothing else.
  expect(await snapshots.take(history, await storeThrough(20))).toBeNull();
});

test('a training gets the classes in their shares, although labels of one come sooner', async () => {
  const window = await storeThrough(200);
  const made = await snapshots.take(history, window);
  expect(made?.traffic?.throughSeq).toBe(200);
  // The slowest are known at the end of the segment that is 40 rows later.
  expect(made?.traffic?.matureSeq).toBeGreaterThan(140);
  expect(made?.traffic?.matureSeq).toBeLessThanOrEqual(160);
  expect(made?.rows).toBe(made?.traffic?.matureSeq);
  // Of all that is labelled by then, 28 % is fraud; of the youngest fifth, all.
  if (made !== null) expect(await fraudShareOf(made)).toBeCloseTo(0.25, 2);
  expect(await countThrough(world.artifacts, made ?? { files: [] }, 100)).toBe(100);
  expect(await countThrough(world.artifacts, made ?? { files: [] }, 10_000)).toBe(made?.rows);
});

test('asked again it is the same, although the labels that told the cut have left Postgres', async () => {
  const window = await snapshots.lastWindow();
  const made = await snapshots.take(history, window);
  const { rows } = await world.database.pool.query<Record<string, unknown>>(
    'delete from label where known_seq > 150 returning *',
  );
  expect(rows.length).toBeGreaterThan(20);
  expect(await snapshots.take(history, window)).toEqual(made);
  for (const row of rows) {
    const columns = Object.keys(row);
    const places = columns.map((_, i) => `$${i + 1}`).join(', ');
    // oxlint-disable-next-line no-await-in-loop -- some dozens of them
    await world.database.pool.query(
      `insert into label (${columns.join(', ')}) overriding system value values (${places})`,
      Object.values(row),
    );
  }
});

test('where labels turn out to come later than was thought, rows leave again', async () => {
  const before = (await snapshots.take(history, await storeThrough(300)))?.traffic?.matureSeq ?? 0;
  expect(before).toBeGreaterThan(200);
  const window = await storeThrough(330);
  const made = await snapshots.take(history, window);
  expect(made?.traffic?.matureSeq).toBeLessThan(before);
  // It goes on from a snapshot before that one.
  expect(made?.traffic?.anew).toBeNull();
  const anew = await snapshots.takeAnew(history, window);
  expect([made?.rows, made?.logicalDigest]).toEqual([anew?.rows, anew?.logicalDigest]);
  if (made !== null) expect(await fraudShareOf(made)).toBeCloseTo(0.25, 1);
});
