import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { layoutOf } from '../../src/data/traffic/layout.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { filesOfModel } from '../../src/db/installation/storage.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import { markedArtifacts } from '../../src/db/retention/artifact-roots.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { createRandom, type Random } from '../../src/statistics/random.ts';
import { createLivingTraffic } from '../../tests/worlds/living-traffic.ts';
import { endPart, letTimePass } from '../../tests/worlds/log-time.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { createTrafficSnapshots } from '../../tests/worlds/traffic-snapshots.ts';
import { keepLogStep } from '../log/keep-log.ts';

// oxlint-disable-next-line no-process-env -- the soak says so by the environment
const isSoak = process.env['PERENNIAL_SOAK'] === '1';
const seeds = Array.from({ length: isSoak ? 30 : 2 }, (_, seed) => `history ${seed}`);
const rounds = isSoak ? 20 : 5;

interface Life {
  readonly world: ServingWorld;
  readonly random: Random;
  readonly traffic: ReturnType<typeof createLivingTraffic>;
  readonly snapshots: ReturnType<typeof createTrafficSnapshots>;
  /** Ends a part of the log, lets 40 days pass, and seals what is older than 90. */
  age(): Promise<void>;
  run(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

async function live(seed: string, work: (life: Life) => Promise<void>): Promise<void> {
  const world = await createServingWorld();
  const workDir = await mkdtemp(path.join(tmpdir(), 'perennial-traffic-'));
  const random = createRandom(seed);
  const dayMs = 86_400_000;
  const plan = { partMs: 7 * dayMs, idHorizonMs: 30 * dayMs, sealAgeMs: 90 * dayMs };
  const { pool } = world.database;
  try {
    await world.addVersion(1, [0.75, 0.25]);
    await work({
      world,
      random,
      traffic: createLivingTraffic(world, random),
      snapshots: createTrafficSnapshots(world, workDir),
      async age() {
        await endPart(pool);
        await letTimePass(pool, 40);
        const deps = { database: world.database, store: world.artifacts, workDir };
        for (let more = true; more;) ({ more } = await keepLogStep(deps, plan));
      },
      run: async (text, values = []) => (await pool.query<Record<string, unknown>>(text, [...values])).rows,
    });
  } finally {
    await world.close();
    await rm(workDir, { recursive: true });
  }
}

/** What a training gets now, held against an export of everything as one table: the same bytes and the same numbers. */
async function taken({ snapshots }: Life, history: SnapshotRef, window: number): Promise<SnapshotManifest> {
  const table = await snapshots.takeAsTable(history, window);
  const made = await snapshots.take(history, window);
  if (table === null || made === null) throw new Error('there is no traffic');
  expect(await snapshots.preparedOf(history, made)).toEqual(await snapshots.preparedOf(history, table));
  expect([made.rows, made.quarantinedRows]).toEqual([table.rows, table.quarantinedRows]);
  expect(made.ruleCounts.map(({ ruleId, rows }) => [ruleId, rows])).toEqual(
    table.ruleCounts.filter(({ line }) => line !== null).map(({ ruleId, rows }) => [ruleId, rows]),
  );
  return made;
}

/** Enough traffic for a training. */
async function begin({ traffic, snapshots }: Life): Promise<{ history: SnapshotRef; window: number }> {
  while ((await snapshots.lastWindow()) < 6) await traffic.store();
  return { history: await snapshots.takeHistory(), window: await snapshots.lastWindow() };
}

async function goOn({ traffic, snapshots }: Life): Promise<number> {
  const before = await snapshots.lastWindow();
  while ((await snapshots.lastWindow()) < before + 2) await traffic.store();
  return snapshots.lastWindow();
}

test.each(seeds)(
  'a training prepares the same bytes from pieces as from an export of everything: %s',
  async (seed) =>
    live(seed, async (life) => {
      const { world, random, traffic, snapshots } = life;
      const layouts = new Set<string>();
      let { history, window } = await begin(life);
      for (let round = 0; round < rounds; round++) {
        const made = await taken(life, history, window);
        const layout = layoutOf((await readCurrentSpec(world.database.db, 'fraud')).spec);
        expect(made.traffic?.anew === null, made.traffic?.anew ?? '').toBe(layouts.has(layout));
        layouts.add(layout);
        if (round === rounds - 1) {
          const anew = await snapshots.takeAnew(history, window);
          expect({ ...anew, ...differing }).toEqual({ ...made, ...differing });
        }
        window = await goOn(life);
        if (random.integer(3) === 0) await life.age();
        if (random.integer(4) === 0) await traffic.redefine();
        history = await snapshots.takeHistory();
      }
    }),
  isSoak ? 600_000 : 60_000,
);

/** What tells how a snapshot was made, and not what is in it. */
const differing = { files: null, traffic: null, sourceDigest: null, quarantineDigest: null };

test('asked again, the same cut is the same snapshot; two trainings at once do not disturb each other', () =>
  live('twice', async (life) => {
    const { snapshots } = life;
    const { history, window } = await begin(life);
    const first = await taken(life, history, window);
    expect(await snapshots.take(history, window)).toEqual(first);
    const later = await goOn(life);
    const [one, other] = await Promise.all([snapshots.take(history, later - 1), snapshots.take(history, later)]);
    expect(await snapshots.take(history, later)).toEqual(other);
    // The older cut is not that of the newest snapshot: it goes on from the one before.
    expect(await snapshots.take(history, later - 1)).toMatchObject({ files: one?.files, rows: one?.rows });
    expect((await taken(life, history, later)).traffic?.anew).toBeNull();
  }));

test('where a file of the snapshot before is gone or damaged, everything is exported, and that is said', () =>
  live('damaged', async (life) => {
    const { world, run } = life;
    const { history, window } = await begin(life);
    const first = await taken(life, history, window);
    const broken = first.files[0]?.sha256 ?? '';
    const file = await world.artifacts.pathOf(broken);
    await writeFile(file, 'rotten');
    const second = await taken(life, history, await goOn(life));
    expect(second.traffic?.anew).toMatch(/^file [0-9a-f]{12} is damaged of snapshot [0-9a-f]{12}$/);
    await rm(await world.artifacts.pathOf(second.files[0]?.sha256 ?? ''));
    const third = await taken(life, history, await goOn(life));
    expect(third.traffic?.anew).toMatch(/ is gone of snapshot /);
    // So it is where a row may lose its label.
    const { spec } = await readCurrentSpec(world.database.db, 'fraud');
    const retention = { ...spec.retention, labels: { ms: 30 * 86_400_000 } };
    await withTransaction(world.database, (tx) => storeSpec(tx, { ...spec, retention }, 'ann'));
    const fourth = await taken(life, history, await goOn(life));
    expect(fourth.traffic?.anew).toBe('labels are kept for a shorter time than predictions');
    const told = await run("select body ->> 'exportedAnew' as why from evidence where kind = 'contract' order by 1");
    expect(told.map(({ why }) => why)).toContain(third.traffic?.anew);
  }));

test('rows that retention has removed leave the pieces, and what a snapshot lists is kept from the sweep', () =>
  live('retention', async (life) => {
    const { world, run } = life;
    const { db } = world.database;
    const { history, window } = await begin(life);
    const first = await taken(life, history, window);
    const kept = (await filesOfModel(db, 'fraud')).listedBytes;
    const { revision } = await readCurrentSpec(db, 'fraud');
    await run(`insert into snapshot select 'twin', model, ${revision}, kind, source_digest, rows, quarantined_rows,
      through_window, manifest from snapshot where kind = 'traffic'`);
    expect((await filesOfModel(db, 'fraud')).listedBytes, 'a file in two lists is one').toBe(kept);
    const fromSeq = 25;
    await run('delete from prediction where seq < $1', [fromSeq]);
    const later = await goOn(life);
    const second = await taken(life, history, later);
    expect(second.traffic).toMatchObject({ anew: null, fromSeq });
    expect(Math.min(...second.files.map(({ orderMin }) => orderMin))).toBeGreaterThanOrEqual(fromSeq);
    await run("update snapshot set files_removed_at = now() where manifest -> 'traffic' ->> 'fromSeq' = '1'");
    const marked = await markedArtifacts(db);
    expect(second.files.filter(({ sha256 }) => !marked.has(sha256))).toEqual([]);
    expect(first.files.filter(({ sha256 }) => marked.has(sha256))).toEqual([]);
    // The rows as they came, which were set aside, are no longer shown either.
    await run('delete from prediction where seq < $1', [fromSeq + 5]);
    const third = await life.snapshots.take(history, later);
    expect(third).toMatchObject({ quarantineDigest: null, traffic: { fromSeq: fromSeq + 5, anew: null } });
    expect(third?.quarantinedRows).toBeGreaterThan(0);
    await run('delete from prediction');
    expect(await life.snapshots.take(history, later)).toBeNull();
    expect(
      await run("select rows, manifest -> 'files' as files from snapshot order by created_at desc limit 1"),
    ).toEqual([{ rows: '0', files: [] }]);
  }));
