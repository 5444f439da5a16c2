import { afterAll, beforeAll, expect, test } from 'vitest';
import { forecastRollout } from '../../src/commands/models/forecast-rollout.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import { rollout } from '../../src/db/schema/index.ts';
import { recentTraffic } from '../../src/db/traffic/mature/recent-traffic.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { preflightActivities } from './preflight.ts';

const model = 'fraud';
const rows = 300;
let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
  const ids = Array.from({ length: rows }, (_, row) => `p${row}`);
  const answer = { scores: [0.75, 0.25], decision: 'fine' };
  await world.sink.store({
    segmentId: 's1',
    processId: 'p',
    records: [
      ...ids.map((id, row) =>
        predictionRecord(id, { version: 1, answer, failed: row % 10 === 0, entityHash: id.padEnd(32, '0') }),
      ),
      ...ids.slice(0, rows / 2).map((id) => labelRecord(`l-${id}`, { predictionId: id, label: 'fraud' })),
    ],
  });
  // As if they had come in the course of a day.
  await world.database.pool.query(`update prediction set requested_at = requested_at - interval '1 day'`);
  await world.database.pool.query(`update "window" set opened_at = opened_at - interval '1 day'`);
});
afterAll(() => world.close());

async function plan(changes: object): Promise<void> {
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout}', (spec->'rollout') || $1)`,
    [JSON.stringify(changes)],
  );
}

async function preflight(version: number, attempt = 1) {
  const row = { model, version, attempt, status: 'active', specRevision: 1, baseVersion: 1, salt: 's' } as const;
  await world.database.db.insert(rollout).values(row);
  const activities = preflightActivities({ database: world.database } as ActivityDependencies);
  const told = await activities.preflight({ key: { model, version, attempt } });
  expect(await activities.preflight({ key: { model, version, attempt } })).toEqual(told);
  await world.database.pool.query(`update rollout set status = 'rolled-back' where model = $1`, [model]);
  return told;
}

test('the traffic is counted until now, and failures as the plan counts them', async () => {
  const of = (failures: ('error' | 'wrong')[]) =>
    recentTraffic(world.database.db, model, { ...world.spec, rollout: { ...world.spec.rollout, failures } });
  const traffic = await of(['error']);
  expect(traffic.rowsPerHour).toBeGreaterThan(12);
  expect(traffic.rowsPerHour).toBeLessThan(13);
  expect(traffic.failureRate).toBeCloseTo(0.1, 6);
  expect((await of([])).failureRate).toBe(0);
  expect((await of(['wrong'])).failureRate).toBeGreaterThan(0.9);
});

test('rows that were erased have come all the same', async () => {
  const { db, pool } = world.database;
  const before = await recentTraffic(db, model, world.spec);
  const erased = `(select seq from prediction where model = '${model}' order by seq desc offset 20 limit 40)`;
  await pool.query(`delete from prediction where model = '${model}' and seq in ${erased}`);
  const after = await recentTraffic(db, model, world.spec);
  expect(after.rows).toBe(before.rows - 40);
  expect(after.rowsPerHour / before.rowsPerHour).toBeCloseTo(1, 2);
});

test('a first attempt that could see nothing is refused, another one is told; `apply` says the same', async () => {
  await plan({ shadow: { ms: 60_000 }, canary: [{ percent: 5, extent: { ms: 60_000 } }], deadline: { ms: 60_000 } });
  const refusal = expect.stringMatching(/^By its end after 1 row .* fails on every second row.* a larger share\.$/);
  expect(await preflight(2)).toMatchObject({ text: expect.stringContaining('The steps take 0 rows'), refusal });
  expect(
    await findEvidence(world.database.db, model, 'preflight', { of: 'rollout', version: 2, attempt: 1 }),
  ).toMatchObject({ verdict: 'refused', body: { refusal } });
  expect(await preflight(2, 2)).toMatchObject({ refusal: null });
  const [stored] = (await world.database.pool.query('select spec from spec_revision')).rows;
  expect(await forecastRollout(world.database.db, stored.spec)).toMatch(
    /^A rollout under it would not begin without a /,
  );
  expect(await forecastRollout(world.database.db, { ...stored.spec, name: 'unknown' })).toBeNull();
});

test('one that will see something begins', async () => {
  await plan({ canary: [{ percent: 50, extent: { rows: 500 } }], deadline: { rows: 5_000 } });
  expect(await preflight(3)).toMatchObject({ refusal: null });
});
