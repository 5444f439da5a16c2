import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { weekdays } from '../../src/domain/spec/closed-sets.ts';
import { defaultRollout } from '../../src/domain/spec/default-spec.ts';
import { fullWeight, type RoutedVersion } from '../../src/domain/rollout/routing.ts';
import { noAnswer } from '../../src/domain/record/records.ts';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { exposureOf } from '../../src/db/routing/rollout-evidence.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { rollout } from '../../src/db/schema/index.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { predictionRecord } from '../../tests/worlds/spool-records.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keepLeaseActivities } from './keep-lease.ts';
import { watchHarm } from './watch-harm.ts';
import { watchStepActivities } from './watch-step.ts';

let world: ServingWorld;
let attempt = 0;
let sent = 0;
let key: RolloutKey;
let champion: RoutedVersion;

beforeAll(async () => {
  world = await createServingWorld();
  champion = await world.addVersion(1, [0.75, 0.25]);
  await world.addVersion(2, [0.75, 0.25]);
});
afterAll(() => world.close());

const db = () => world.database.db;
const quietEar = { wait: () => Promise.resolve(), close: () => undefined };
const deps = () => ({ database: world.database, bell: { ear: () => quietEar } }) as unknown as ActivityDependencies;
const rowOf = async () => {
  const row = await findRollout(db(), key);
  if (row === null) throw new Error('the rollout is gone');
  return row;
};

beforeEach(async () => {
  attempt++;
  key = { model: 'fraud', version: 2, attempt };
  const revision = await world.route({
    champion,
    stage: 'canary',
    rollout: key,
    challengerWeight: fullWeight / 2,
  });
  await db()
    .insert(rollout)
    .values({
      ...key,
      status: 'active',
      baseVersion: 1,
      specRevision: 1,
      salt: 's',
      step: 99,
      stepBegun: true,
      firstRevision: revision,
      startedSeq: sent,
      settledSeq: sent,
      stepStartedSeq: sent,
      stepStartedAt: new Date(),
    });
});

/** Rows of as many entities, half of them for each arm; of those of the challenger, a share fails. */
async function answer(rows: number, challengerFails: (row: number) => boolean, entities = rows): Promise<void> {
  const { firstRevision } = await rowOf();
  const records = Array.from({ length: rows }, (_, row) => {
    const isChallenger = row % 2 === 1;
    const failed = isChallenger && challengerFails(row);
    return predictionRecord(`${attempt}-${sent + row}`, {
      arm: isChallenger ? 'challenger' : 'champion',
      stage: 'canary',
      challengerWeight: fullWeight / 2,
      bucket: isChallenger ? 0 : fullWeight - 1,
      entityHash: `${attempt}`.padEnd(20, '0') + String(row % entities).padStart(12, '0'),
      routingRevision: firstRevision ?? 0,
      version: isChallenger ? 2 : 1,
      otherVersion: isChallenger ? 1 : 2,
      failed,
      ...(failed ? { answer: noAnswer } : {}),
    });
  });
  sent += rows;
  await world.sink.store({ segmentId: `s${sent}`, processId: 'p', records });
}

const lookEvery = 10;

describe('a challenger that answers is looked at', () => {
  test('while a person is waited for: harm takes it out, and the hold is told', async () => {
    await answer(20 * lookEvery, () => true);
    const told = await inActivity(() => keepLeaseActivities(deps()).keepLease({ key, isHeard: true }));
    expect(told).toMatchObject({
      outcome: 'stop',
      reason: expect.stringContaining('failed first with the challenger'),
    });
    expect(await rowOf()).toMatchObject({ status: 'rolled-back', reason: expect.stringContaining('Stopped') });
    expect((await readRouting(db(), 'fraud'))?.challenger).toBeNull();
    // Asked again, as after an answer that was lost: it is over.
    expect(await inActivity(() => keepLeaseActivities(deps()).keepLease({ key, isHeard: true }))).toMatchObject({
      outcome: 'gone',
    });
  });

  test('while paired labels are waited for', async () => {
    await answer(20 * lookEvery, () => true);
    const told = await inActivity(() => watchStepActivities(deps()).watchStep({ key, step: 99 }));
    expect(told).toMatchObject({ outcome: 'stop' });
    expect(await rowOf()).toMatchObject({ status: 'rolled-back', lookedStep: 99 });
  });

  test('in a freeze window, in which nothing moves forward', async () => {
    const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    const aroundNow = { days: weekdays, from: hoursFromNow(-1), to: hoursFromNow(1), timeZone: 'UTC' };
    const declare = (windows: readonly object[]) =>
      world.database.pool.query(`update spec_revision set spec = jsonb_set(spec, '{rollout,freezeWindows}', $1)`, [
        JSON.stringify(windows),
      ]);
    await declare([aroundNow]);
    await answer(20 * lookEvery, () => true);
    const told = await inActivity(() => watchStepActivities(deps()).watchStep({ key, step: 99 }));
    await declare([]);
    expect(told).toMatchObject({ outcome: 'stop' });
    expect(await rowOf()).toMatchObject({ status: 'rolled-back', frozenUntil: expect.any(Date) });
  });
});

test('entities are counted once in a stretch, whenever somebody looked', async () => {
  // 30 entities again and again, over more than one stretch of 500 rows; one of them always fails.
  await answer(1_200, (row) => row % 30 === 1, 30);
  const first = (await rowOf()).startedSeq;
  const atOnce = await exposureOf(db(), key, first + 1_200, null);
  expect(atOnce).toMatchObject({ challengerRows: 600, challengerErrors: 40 });
  // 15 entities of the challenger, in three stretches.
  expect(atOnce).toMatchObject({ challengerUnits: 45, challengerUnitFailures: 3 });
  let counted = null;
  for (const rows of [10, 499, 500, 501, 730, 1_200]) {
    const throughSeq = first + rows;
    // oxlint-disable-next-line no-await-in-loop -- each look goes on from the one before
    const arms = await exposureOf(db(), key, throughSeq, counted);
    counted = { throughSeq, arms, assigned: arms.assigned };
  }
  expect(counted?.arms).toEqual(atOnce);
  expect(atOnce.assigned).toEqual([{ weight: 0.5, champion: 15, challenger: 15 }]);
});

test('where entities of one arm are missing the two cannot be compared, and the challenger is taken out', async () => {
  await answer(400, () => false);
  const row = await rowOf();
  // As if the rows of most of its entities had been lost on their way.
  await world.database.pool.query(
    `delete from rollout_entity where model = 'fraud' and attempt = $1 and arm = 'challenger' and entity not like '%7'`,
    [attempt],
  );
  await watchHarm(deps(), row, { ...defaultRollout('binary'), lookEvery: { rows: 100 } }, 'a test');
  expect(await rowOf()).toMatchObject({
    status: 'rolled-back',
    reason: expect.stringMatching(/^Stopped: 40 of 240 new entities belong to the challenger, where 120 should; /),
  });
});
