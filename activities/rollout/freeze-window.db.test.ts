import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { weekdays } from '../../src/domain/spec/closed-sets.ts';
import type { FreezeWindow } from '../../src/domain/spec/parts/rollout-spec.ts';
import type { RoutedVersion } from '../../src/domain/rollout/routing.ts';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { settlingOf } from '../../src/db/views/views-settled.ts';
import { openRolloutOf } from '../../src/db/views/views-rollouts.ts';
import { rollout } from '../../src/db/schema/index.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { beginStepActivities } from './begin-step.ts';
import { openRolloutActivities } from './open-rollout.ts';
import { promoteActivities } from './promote.ts';

let world: ServingWorld;
let key: RolloutKey;
let attempt = 0;
let champion: RoutedVersion;

beforeAll(async () => {
  world = await createServingWorld();
  champion = await world.addVersion(1, [0.75, 0.25]);
  await world.addVersion(2, [0.75, 0.25]);
  await world.database.pool.query(`update spec_revision set spec = jsonb_set(spec, '{rollout,ackTimeoutMs}', '1')`);
});
afterAll(() => world.close());

const db = () => world.database.db;
const quietEar = { wait: () => Promise.resolve(), close: () => undefined };
const deps = () => ({ database: world.database, bell: { ear: () => quietEar } }) as unknown as ActivityDependencies;

/** From an hour ago until in an hour. */
function aroundNow(): FreezeWindow {
  const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { days: weekdays, from: hoursFromNow(-1), to: hoursFromNow(1), timeZone: 'UTC' };
}

async function declare(freezeWindows: readonly FreezeWindow[]): Promise<void> {
  await world.database.pool.query(`update spec_revision set spec = jsonb_set(spec, '{rollout,freezeWindows}', $1)`, [
    JSON.stringify(freezeWindows),
  ]);
}

beforeEach(async () => {
  await world.database.pool.query(`update rollout set status = 'rolled-back'`);
  await world.route({ champion, challenger: null, stage: 'steady', rollout: null });
  attempt++;
  key = { model: 'fraud', version: 2, attempt };
  await db()
    .insert(rollout)
    .values({ ...key, status: 'active', baseVersion: 1, specRevision: 1, salt: 's' });
  await declare([aroundNow()]);
});

async function told(): Promise<readonly string[]> {
  const { rows } = await world.database.pool.query<{ reason: string }>(
    `select reason from audit where type = 'perennial.rollout.frozen' and (data::jsonb ->> 'attempt')::int = $1`,
    [attempt],
  );
  return rows.map(({ reason }) => reason);
}

test('in a freeze window no step begins, and it is said until when, in the audit once', async () => {
  const begin = () => inActivity(() => beginStepActivities(deps()).beginStep({ key, step: 0 }));
  const held = await begin();
  expect(held).toMatchObject({ outcome: 'held', reason: expect.stringMatching(/^a freeze window, until /) });
  const { untilMs = 0 } = held as { untilMs?: number };
  expect(untilMs).toBeGreaterThan(Date.now());
  expect(untilMs).toBeLessThanOrEqual(Date.now() + 3_600_000);
  expect(await begin()).toEqual(held);
  expect(await told()).toEqual([expect.stringMatching(/^waits for the end of a freeze window, until 20.* UTC$/)]);
  expect((await readRouting(db(), 'fraud'))?.challenger).toBeNull();
  expect((await openRolloutOf(db(), 'fraud'))?.waitsFor).toMatch(
    /^the end of a freeze window, until 20[\d-]+ [\d:]+ UTC; then its first step$/,
  );
  expect((await settlingOf(db(), 'fraud')).waitsFor).toBe('every inference process to take the new routing');
  await declare([]);
  expect((await settlingOf(db(), 'fraud')).waitsFor).toBe('a step of the rollout of v2');
  // Nobody serves here, so nobody acknowledges it.
  expect(await begin()).toMatchObject({ outcome: 'held', reason: expect.stringContaining('acknowledged') });
  expect((await readRouting(db(), 'fraud'))?.challenger).toMatchObject({ version: 2 });
});

test('a step that nobody acknowledges keeps its share until it is asked for again', async () => {
  const hourMs = 3_600_000;
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout,ackTimeoutMs}', '${hourMs}')`,
  );
  await declare([]);
  let aheadMs = 0;
  const realNow = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + aheadMs);
  const ear = { ...quietEar, wait: () => Promise.resolve(void (aheadMs += 30_000)) };
  const bell = { ear: () => ear };
  try {
    const begin = beginStepActivities({ database: world.database, bell } as unknown as ActivityDependencies).beginStep;
    expect(await inActivity(() => begin({ key, step: 0 }))).toMatchObject({ outcome: 'held' });
  } finally {
    clock.mockRestore();
    await world.database.pool.query(`update spec_revision set spec = jsonb_set(spec, '{rollout,ackTimeoutMs}', '1')`);
  }
  const { rows } = await world.database.pool.query<{ left: number }>(
    `select extract(epoch from lease_until - now())::float8 * 1000 as left from routing where model = 'fraud'`,
  );
  expect(rows[0]?.left).toBeGreaterThan(hourMs);
});

test('what was proven before is promoted when it is over', async () => {
  const promote = () =>
    promoteActivities(deps()).promote({
      key,
      actor: 'rollout',
      reason: 'not worse',
      evidenceId: null,
      commandId: null,
    });
  expect(await promote()).toMatchObject({ promoted: false, waits: { reason: expect.stringContaining('until') } });
  expect(await findRollout(db(), key)).toMatchObject({ status: 'active', frozenUntil: expect.any(Date) });
  expect(await told()).toHaveLength(1);
  await declare([]);
  expect(await promote()).toEqual({ promoted: true });
  // An answer that was lost: it stays promoted, in a window too.
  await declare([aroundNow()]);
  expect(await promote()).toEqual({ promoted: true });
});

test('a first champion is not begun in one either', async () => {
  await db().update(rollout).set({ baseVersion: null });
  const open = () => openRolloutActivities(deps()).openRollout({ ...key, cause: 'train/fraud/2' });
  expect(await open()).toBeNull();
  await declare([]);
  expect(await open()).toMatchObject({ key, baseVersion: null });
});
