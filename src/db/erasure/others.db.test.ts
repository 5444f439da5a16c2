import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askErasure } from '../../../tests/worlds/erasure-world.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { ackErasure, spoolsToGo } from './others.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
});
afterAll(() => world.close());

test('a spool that is there is waited for, however many others were left by processes that are gone', async () => {
  const { db, pool } = world.database;
  const erasureId = await askErasure({ database: world.database }, { entity: 'e' });
  await pool.query(`insert into spool_place (place_id, seen_at)
    select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, now() - interval '1 day'
    from generate_series(1, 50) i`);
  const alive = `f${randomUUID().slice(1)}`;
  await pool.query('insert into spool_place (place_id) values ($1)', [alive]);
  expect((await spoolsToGo(db, erasureId))[0]).toMatchObject({ placeId: alive, isAlive: true });
  await ackErasure(db, erasureId, alive, 0);
  expect((await spoolsToGo(db, erasureId)).some(({ isAlive }) => isAlive)).toBe(false);
});
