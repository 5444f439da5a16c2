import { expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { noteSourceRead } from '../../src/db/watching/trigger-looks.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { seedTimedModel } from '../../tests/worlds/timed-model.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { decideDueActivities } from './decide-due.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const signals: { readonly id: string; readonly dueAtMs: number }[] = [];
const errors: unknown[] = [];
/** What others do while a model is asked. */
let meanwhile = (): Promise<unknown> => Promise.resolve();
const client = {
  workflow: {
    getHandle: (id: string) => ({
      async signal(_: string, { dueAtMs }: { readonly dueAtMs: number }) {
        signals.push({ id, dueAtMs });
        await meanwhile();
      },
    }),
  },
};
const log = { error: (about: unknown) => errors.push(about), warn: () => undefined };
const { decideDue } = decideDueActivities({ database, client, log } as unknown as ActivityDependencies);

const everyMinute = { cron: '* * * * *', timeZone: 'Europe/Berlin' };

const nudged = () => signals.splice(0).map(({ id }) => id);
const lookOf = async (model: string) =>
  (await pool.query('select decide_at, held_by from trigger_look where model = $1', [model])).rows[0];
const decisionsOf = async (model: string) =>
  (await pool.query('select key, trigger, blocked_by, reason from decision where model = $1', [model])).rows;
const askNow = (model: string) =>
  pool.query(`update trigger_look set decide_at = now() - interval '1 second' where model = $1`, [model]);

test('a schedule that has come since the last training is a yes, which the entity is told', async () => {
  await seedTimedModel(database, 'minutely', { schedule: everyMinute });
  expect(await decideDue()).toEqual({ asked: 1, more: false });
  expect(nudged()).toEqual(['model/minutely']);
  expect((await lookOf('minutely')).decide_at.getTime()).toBeGreaterThan(Date.now());
  expect(await decideDue()).toEqual({ asked: 0, more: false });
  // The entity has trained: the next minute is the next time that anybody asks.
  await pool.query(`update run set started_at = now() + interval '1 minute' where run_id = 'train/minutely/1'`);
  await askNow('minutely');
  await decideDue();
  expect(nudged()).toEqual([]);
  expect((await lookOf('minutely')).decide_at.getTime() % 60_000).toBe(0);
});

test('what is held back is a no with its reason, stored once, and asked again until nothing holds it', async () => {
  await seedTimedModel(database, 'cooling', { schedule: everyMinute, cooldown: { ms: 2 * 86_400_000 } });
  await decideDue();
  await askNow('cooling');
  await decideDue();
  expect(nudged()).toEqual([]);
  const [no, ...others] = await decisionsOf('cooling');
  expect(others).toEqual([]);
  expect(no).toMatchObject({ trigger: 'schedule', blocked_by: 'cooldown', key: expect.stringMatching(/^due\/\d+$/) });
  expect(no.reason).toMatch(/^did not retrain because the last training is 1 d ago and the cooldown is 2 d, although /);
  expect(await lookOf('cooling')).toMatchObject({ held_by: 'schedule: cooldown' });
  await pool.query(`update run set started_at = now() - interval '3 days' where run_id = 'train/cooling/1'`);
  await askNow('cooling');
  await decideDue();
  expect(nudged()).toEqual(['model/cooling']);
});

test('a source that holds other bytes than were trained on is asked about, and one that does not is not', async () => {
  const trained = await seedTimedModel(database, 'sourced', { onSourceChange: true });
  const look = { model: 'sourced', lookAt: null };
  await noteSourceRead(db, look, { digest: trained, lag: null, againMs: 0, isTrigger: true });
  expect(await decideDue()).toEqual({ asked: 0, more: false });
  await noteSourceRead(db, look, { digest: 'others', lag: null, againMs: 0, isTrigger: true });
  expect(await decideDue()).toEqual({ asked: 1, more: false });
  expect(nudged()).toEqual(['model/sourced']);
});

test('a definition without such triggers is not looked at, nor any longer', async () => {
  await seedTimedModel(database, 'quiet', {});
  expect(await lookOf('quiet')).toBeUndefined();
  await seedTimedModel(database, 'former', { schedule: everyMinute });
  expect(await lookOf('former')).toBeDefined();
  await withTransaction(database, (tx) => storeSpec(tx, specOf('former'), 'somebody'));
  expect(await lookOf('former')).toBeUndefined();
});

test('a model that cannot be asked keeps no other from being asked', async () => {
  await pool.query(`insert into trigger_look (model, decide_at) values ('broken', now() - interval '1 year')`);
  await seedTimedModel(database, 'behind', { schedule: everyMinute });
  await decideDue();
  expect(nudged()).toContain('model/behind');
  expect(errors).toEqual([expect.objectContaining({ model: 'broken' })]);
  expect((await lookOf('broken')).decide_at.getTime()).toBeGreaterThan(Date.now());
});

test('a definition that comes while its model is asked is asked about at once', async () => {
  await seedTimedModel(database, 'changed', { schedule: everyMinute });
  meanwhile = () => {
    const usual = specOf('changed');
    const retrain = { ...usual.retrain, onSpecChange: false, schedule: { ...everyMinute, timeZone: 'UTC' } };
    return withTransaction(database, (tx) => storeSpec(tx, { ...usual, retrain }, 'somebody'));
  };
  await decideDue();
  expect(nudged()).toContain('model/changed');
  expect((await lookOf('changed')).decide_at.getTime()).toBeLessThanOrEqual(Date.now());
});
