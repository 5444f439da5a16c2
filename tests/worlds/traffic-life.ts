import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { keepLogStep } from '../../activities/log/keep-log.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';
import { createLivingTraffic } from './living-traffic.ts';
import { endPart, letTimePass } from './log-time.ts';
import { createServingWorld, type ServingWorld } from './serving-world.ts';
import { createTrafficSnapshots } from './traffic-snapshots.ts';

/** A model with traffic, and the trainings that ask for snapshots of it. */
export interface Life {
  readonly world: ServingWorld;
  readonly random: Random;
  readonly traffic: ReturnType<typeof createLivingTraffic>;
  readonly snapshots: ReturnType<typeof createTrafficSnapshots>;
  /** Ends a part of the log, lets 40 days pass, and seals what is older than 90. */
  age(): Promise<void>;
  run(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

export async function live(seed: string, work: (life: Life) => Promise<void>): Promise<void> {
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
export async function taken({ snapshots }: Life, history: SnapshotRef, window: number): Promise<SnapshotManifest> {
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
export async function begin({ traffic, snapshots }: Life): Promise<{ history: SnapshotRef; window: number }> {
  while ((await snapshots.lastWindow()) < 6) await traffic.store();
  return { history: await snapshots.takeHistory(), window: await snapshots.lastWindow() };
}

/** Two windows more; answers the last one. */
export async function goOn({ traffic, snapshots }: Life): Promise<number> {
  const before = await snapshots.lastWindow();
  while ((await snapshots.lastWindow()) < before + 2) await traffic.store();
  return snapshots.lastWindow();
}
