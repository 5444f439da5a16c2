import { expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { seedTimedModel } from '../../tests/worlds/timed-model.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { lookAtSourcesActivities } from './look-at-sources.ts';

const { database } = await openTestDatabase();
const { pool } = database;

/** By model: what its source holds, or why it cannot be read. */
const sources = new Map<string, () => Promise<string>>();
const connectSource = (_: unknown, model: string) => ({
  identify: async () => ({
    digest: await (sources.get(model)?.() ?? Promise.reject(new Error('no source'))),
    bytes: 1,
  }),
});
const log = { warn: () => undefined, error: () => undefined };
const { lookAtSources } = lookAtSourcesActivities({ database, connectSource, log } as unknown as ActivityDependencies);

const lookOf = async (model: string) =>
  (
    await pool.query(
      `select source_digest, failures, problem, decide_at is not null as is_due,
        extract(epoch from look_at - now())::float8 as again_in from trigger_look where model = $1`,
      [model],
    )
  ).rows[0];
const rung = async () =>
  (
    await pool.query(
      `select model, closed_at is null as is_open from alert where kind = 'source-unreadable' and subject = 'source'`,
    )
  ).rows;
// Times are kept to the millisecond and rounded, so that `now()` may lie ahead of what is asked right after it.
const readNow = () => pool.query(`update trigger_look set look_at = now() - interval '1 second'`);
const held = (digest: string) => () => Promise.resolve(digest);
const gone = () => Promise.reject(new PerennialError('invalid_data', 'The source a.csv is not there.'));
async function defineAnew(model: string, growthFactor: number): Promise<void> {
  const usual = specOf(model);
  const retrain = { ...usual.retrain, onSourceChange: true, growthFactor };
  await withTransaction(database, (tx) => storeSpec(tx, { ...usual, retrain }, 'somebody'));
}

test('what the source holds is noted, and asked about where it is not what was trained on', async () => {
  const trained = await seedTimedModel(database, 'one', { onSourceChange: true });
  sources.set('one', held(trained));
  expect(await lookAtSources()).toEqual({ read: 1, more: false });
  const same = await lookOf('one');
  expect(same).toMatchObject({ source_digest: trained, failures: 0, problem: null, is_due: false });
  expect(same.again_in).toBeGreaterThan(200);
  expect(await lookAtSources(), 'not before its time').toEqual({ read: 0, more: false });
  sources.set('one', held('others'));
  await readNow();
  await lookAtSources();
  expect(await lookOf('one')).toMatchObject({ source_digest: 'others', is_due: true });
});

test('a source that cannot be read is read ever more seldom, and keeps no other from being read', async () => {
  const trained = await seedTimedModel(database, 'two', { onSourceChange: true });
  sources.set('one', gone);
  sources.set('two', held(trained));
  const waits: number[] = [];
  for (let failure = 1; failure <= 9; failure++) {
    await readNow();
    expect(await lookAtSources()).toEqual({ read: 2, more: false });
    const look = await lookOf('one');
    expect(look).toMatchObject({ failures: failure, problem: 'The source a.csv is not there.' });
    waits.push(Math.round(look.again_in / 60));
    expect(await rung()).toEqual(failure < 3 ? [] : [{ model: 'one', is_open: true }]);
  }
  expect(waits).toEqual([10, 20, 40, 80, 160, 320, 360, 360, 360]);
  expect(await lookOf('two')).toMatchObject({ source_digest: trained, failures: 0 });
  sources.set('one', held('back'));
  await readNow();
  await lookAtSources();
  expect(await lookOf('one')).toMatchObject({ source_digest: 'back', failures: 0, problem: null });
  expect(await rung()).toEqual([{ model: 'one', is_open: false }]);
});

test('a source that is mended by another definition no longer rings', async () => {
  await seedTimedModel(database, 'mended', { onSourceChange: true });
  sources.set('mended', gone);
  for (let failure = 1; failure <= 3; failure++) {
    await readNow();
    await lookAtSources();
  }
  const ofMended = async () => (await rung()).filter(({ model }) => model === 'mended');
  expect(await ofMended()).toEqual([{ model: 'mended', is_open: true }]);
  await defineAnew('mended', 9);
  sources.set('mended', held('mended'));
  await readNow();
  await lookAtSources();
  expect(await ofMended()).toEqual([{ model: 'mended', is_open: false }]);
});

test('what was read of a source is nothing to the definition that came meanwhile', async () => {
  await seedTimedModel(database, 'three', { onSourceChange: true });
  sources.set('three', async () => {
    await defineAnew('three', 9);
    return 'of the source before';
  });
  await pool.query(`update trigger_look set look_at = now() + interval '1 day' where model <> 'three'`);
  await lookAtSources();
  expect(await lookOf('three')).toMatchObject({ source_digest: null });
});

test('that a source could not be read is nothing to the definition that came meanwhile', async () => {
  await seedTimedModel(database, 'four', { onSourceChange: true });
  await pool.query(`update trigger_look set look_at = now() + interval '1 day' where model <> 'four'`);
  let reads = 0;
  sources.set('four', async () => {
    if (++reads === 3) await defineAnew('four', 9);
    return gone();
  });
  for (let failure = 1; failure <= 3; failure++) {
    await pool.query(`update trigger_look set look_at = now() - interval '1 second' where model = 'four'`);
    await lookAtSources();
  }
  expect(reads).toBe(3);
  expect(await lookOf('four')).toMatchObject({ failures: 0 });
  expect((await rung()).filter(({ model }) => model === 'four')).toEqual([]);
});
