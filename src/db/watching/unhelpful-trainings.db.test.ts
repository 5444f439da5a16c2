import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { rollout, version } from '../schema/index.ts';
import { eq } from 'drizzle-orm';
import { unhelpfulTrainings } from './unhelpful-trainings.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
});
afterAll(() => world.close());

/** A training and what came of it; the run of version 3 is `r3`. */
async function trained(number: number, status: 'rejected' | 'released', ending: 'rolled-back' | 'promoted' | null) {
  const { db } = world.database;
  await world.addVersion(number, [0.75, 0.25]);
  await db
    .update(version)
    .set({ runId: `r${number}`, status })
    .where(eq(version.version, number));
  const row = { model: 'fraud', version: number, attempt: 1, baseVersion: 1, specRevision: 1, salt: 's' };
  if (ending !== null) await db.insert(rollout).values({ ...row, status: ending });
}

const past = (...runs: readonly [number, string][]) =>
  runs.map(([number, trigger]) => ({ runId: `r${number}`, trigger }));
const endings = async (...runs: readonly [number, string][]) =>
  (await unhelpfulTrainings(world.database.db, 'fraud', past(...runs))).endings;

test('only the newest in a row that drift or decay asked for, up to one that helped', async () => {
  await trained(1, 'released', 'promoted');
  await trained(2, 'rejected', null);
  await trained(3, 'released', 'rolled-back');
  expect(await endings([3, 'decay'], [2, 'drift'], [1, 'decay'])).toEqual([
    'v3 was taken out of its rollout',
    'v2 was refused by its gate',
  ]);
  expect(await endings([3, 'decay'], [2, 'person'])).toEqual(['v3 was taken out of its rollout']);
  expect(await endings([3, 'growth'], [2, 'decay']), 'something else has asked since').toEqual([]);
  expect(await endings([9, 'decay'], [3, 'decay']), 'one that failed says nothing').toEqual([]);
  expect(await endings([1, 'decay'], [2, 'decay'])).toEqual([]);
  expect(await endings()).toEqual([]);
});
