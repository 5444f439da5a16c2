import { expect, test } from 'vitest';
import { withTransaction } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { personOn } from '../../../tests/worlds/delivered-world.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { until } from '../../../tests/worlds/wait.ts';
import { seedTimedModel } from '../../../tests/worlds/timed-model.ts';
import { decideAndStore } from '../../../activities/model/decide.ts';
import { decideDueActivities } from '../../../activities/model/decide-due.ts';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import type { CommandContext } from '../base/context.ts';
import { showSnapshot } from '../snapshots/show-snapshot.ts';
import { profileSnapshot } from '../snapshots/profile-snapshot.ts';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { exportSnapshot } from '../snapshots/export-snapshot.ts';
import { publish, unpublish } from './publish-snapshot.ts';
import { publishSnapshot } from '../../db/tags/publications.ts';
import { tagOfModel, tagsOfModel } from './read-tags.ts';
import { subscribe, unsubscribe } from './subscribe.ts';
import { removeTag, tagSnapshot, undoTagMove } from './tag-snapshot.ts';

const { database } = await openTestDatabase();
const { pool } = database;
const ana = personOn(database, new RecordingBus());
const as = (name: string, role: 'viewer' | 'operator', scope: string): CommandContext => ({
  ...ana,
  principal: { ...ana.principal, name, role, scope },
});
const say = (model: string) => ({ model, key: null, reason: 'because' });

const digestOf = (letter: string) => letter.repeat(64);

/** Snapshots of which only the row matters here. */
async function snapshotsOf(model: string, letters: string): Promise<void> {
  const manifest = JSON.stringify({ files: [], schema: [], profile: [], ruleCounts: [], rows: 1 });
  for (const letter of letters)
    await pool.query(
      `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
       values ($1, $2, 1, 'history', 'x', 1, 0, $3)`,
      [digestOf(letter), model, manifest],
    );
}

const nudged: string[] = [];
const client = { workflow: { getHandle: (id: string) => ({ signal: async () => void nudged.push(id) }) } };
const log = { error: (about: unknown) => expect(about).toBeUndefined(), warn: () => undefined };
const deps = { database, client, log } as unknown as ActivityDependencies;
const { decideDue } = decideDueActivities(deps);

await seedTimedModel(database, 'lake.cards', {});
await snapshotsOf('lake.cards', 'abc');

test('a tag moves, goes back step by step, and can be taken away', async () => {
  const tag = { ...say('lake.cards'), tag: 'clean' };
  const named = async () => (await tagOfModel(ana, 'lake.cards', 'clean')).digest?.[0] ?? null;
  await tagSnapshot(ana, { ...tag, digest: digestOf('a').slice(0, 12) });
  await tagSnapshot(ana, { ...tag, digest: digestOf('b') });
  await tagSnapshot(ana, { ...tag, digest: digestOf('c') });
  await expect(tagSnapshot(ana, { ...tag, digest: digestOf('c') })).rejects.toMatchObject({ code: 'conflict' });
  await undoTagMove(ana, tag);
  expect(await named()).toBe('b');
  await undoTagMove(ana, tag);
  expect(await named()).toBe('a');
  await tagSnapshot(ana, { ...tag, digest: digestOf('c') });
  await undoTagMove(ana, tag);
  expect(await named()).toBe('a');
  await undoTagMove(ana, tag);
  expect(await named()).toBe(null);
  await expect(undoTagMove(ana, tag)).rejects.toMatchObject({ code: 'conflict' });
  await tagSnapshot(ana, { ...tag, digest: digestOf('b') });
  await removeTag(ana, tag);
  expect(await named()).toBe(null);
  await undoTagMove(ana, tag);
  const { digest, moves } = await tagOfModel(ana, 'lake.cards', 'clean');
  expect(digest).toBe(digestOf('b'));
  expect(moves.map((move) => move.digest?.[0] ?? '-').join('')).toBe('b-b-acabcba');
});

test('a tag names no snapshot of another model, none that is gone, and nobody without the right moves it', async () => {
  await seedTimedModel(database, 'shop.other', {});
  const tag = { ...say('shop.other'), tag: 'mine', digest: digestOf('a') };
  await expect(tagSnapshot(ana, tag)).rejects.toMatchObject({ code: 'invalid_request', path: 'digest' });
  await snapshotsOf('shop.other', 'd');
  await pool.query(`update snapshot set files_removed_at = now() where digest = $1`, [digestOf('d')]);
  await expect(tagSnapshot(ana, { ...tag, digest: digestOf('d') })).rejects.toMatchObject({ code: 'not_found' });
  const viewer = as('vera', 'viewer', '*');
  await expect(tagSnapshot(viewer, tag)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(
    publish(as('bob', 'operator', 'shop.*'), { ...say('lake.cards'), tag: 'clean', readers: [], subscribers: [] }),
  ).rejects.toMatchObject({ code: 'forbidden' });
});

test('what is published is read and followed by whom it is offered to, and by nobody else', async () => {
  const bob = as('bob', 'operator', 'shop.*');
  const offer = { ...say('lake.cards'), tag: 'clean', readers: null, subscribers: null };
  const follow = { ...say('shop.other'), publisher: 'lake.cards', tag: 'clean' };
  await publish(ana, offer);
  await expect(showSnapshot(bob, digestOf('b'))).rejects.toMatchObject({ code: 'not_found' });
  await expect(subscribe(bob, follow)).rejects.toMatchObject({ code: 'not_found' });
  await publish(ana, { ...offer, readers: ['shop.oth_r'], subscribers: ['shops.*'] });
  await expect(showSnapshot(bob, digestOf('b'))).rejects.toMatchObject({ code: 'not_found' });
  await publish(ana, { ...offer, readers: ['shop.*'] });
  expect(await showSnapshot(ana, digestOf('b'))).toMatchObject({ tags: ['clean'] });
  expect(await showSnapshot(bob, digestOf('b'))).toMatchObject({ model: 'lake.cards', tags: [], versions: [] });
  const place = { store: createArtifactStore('/nowhere') };
  await expect(profileSnapshot(bob, digestOf('b'), place)).rejects.toMatchObject({ code: 'not_found' });
  await expect(showSnapshot(bob, digestOf('a'))).rejects.toMatchObject({ code: 'not_found' });
  await expect(exportSnapshot(bob, { digest: digestOf('b'), format: 'csv' }, {})).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(subscribe(bob, follow)).rejects.toMatchObject({ code: 'not_found' });
  await publish(ana, { ...offer, subscribers: ['shop.other'] });
  await subscribe(bob, follow);
  await expect(subscribe(bob, follow)).rejects.toMatchObject({ code: 'conflict' });
  const { editions, subscribers } = await tagOfModel(ana, 'lake.cards', 'clean');
  expect(editions.map(({ edition }) => edition)).toEqual([1]);
  expect(subscribers).toEqual(['shop.other']);
  expect((await tagOfModel(as('lea', 'viewer', 'lake.*'), 'lake.cards', 'clean')).subscribers).toEqual([]);
  expect((await tagsOfModel(bob, 'shop.other')).subscriptions).toMatchObject([{ throughEdition: 1, by: 'bob' }]);
  await unpublish(ana, { ...say('lake.cards'), tag: 'clean' });
  await expect(showSnapshot(bob, digestOf('b'))).rejects.toMatchObject({ code: 'not_found' });
});

const offerNext = async (letter: string) => {
  await tagSnapshot(ana, { ...say('lake.cards'), tag: 'news', digest: digestOf(letter) });
  await publish(ana, { ...say('lake.cards'), tag: 'news', readers: null, subscribers: ['shop.*'] });
};
const decideNow = async (key: string) => {
  await decideAndStore(deps, { model: 'shop.fan', key, window: null, person: null }, null);
  const { rows } = await pool.query('select retrain, trigger, reason, run_id from decision where key = $1', [key]);
  return rows[0];
};
const askAgain = async () => {
  nudged.splice(0);
  await pool.query(
    `update trigger_look set decide_at = now() - interval '1 second'
     where model = 'shop.fan' and decide_at is not null`,
  );
  await decideDue();
  return nudged.splice(0);
};

test('a publication is a reason to train again, once, and the reason says so', async () => {
  await seedTimedModel(database, 'shop.fan', { budget: { runs: 9, per: { rows: 1_000 } } });
  await pool.query(`update model set train_counter = 1 where name = 'shop.fan'`);
  await offerNext('a');
  await subscribe(ana, { ...say('shop.fan'), publisher: 'lake.cards', tag: 'news' });
  expect(await askAgain()).toEqual([]);
  await offerNext('b');
  expect(await askAgain()).toEqual(['model/shop.fan']);
  expect(await decideNow('due/1')).toMatchObject({
    retrain: true,
    trigger: 'publication',
    reason: `retrains because edition 2 of "news" (${'b'.repeat(12)}) of lake.cards was published`,
    run_id: 'train/shop.fan/2',
  });
  const uses = await pool.query(`select model, edition, run_id from edition_use`);
  expect(uses.rows).toEqual([{ model: 'shop.fan', edition: 2, run_id: 'train/shop.fan/2' }]);
  await pool.query(`update run set status = 'completed' where model = 'shop.fan'`);
  expect(await askAgain()).toEqual([]);
  expect(await decideNow('due/2')).toMatchObject({ retrain: false, trigger: null });
});

test('what is published while a training runs is no less news, and what is withdrawn is none', async () => {
  await pool.query(`update run set status = 'running' where run_id = 'train/shop.fan/2'`);
  await offerNext('c');
  expect(await askAgain()).toEqual([]);
  await pool.query(`update run set status = 'completed' where run_id = 'train/shop.fan/2'`);
  expect(await askAgain()).toEqual(['model/shop.fan']);
  await unpublish(ana, { ...say('lake.cards'), tag: 'news' });
  expect(await decideNow('due/3')).toMatchObject({ retrain: false });
  await publish(ana, { ...say('lake.cards'), tag: 'news', readers: null, subscribers: ['elsewhere'] });
  expect(await decideNow('due/4')).toMatchObject({ retrain: false });
  await publish(ana, { ...say('lake.cards'), tag: 'news', readers: null, subscribers: ['shop.fan'] });
  await unsubscribe(ana, { ...say('shop.fan'), publisher: 'lake.cards', tag: 'news' });
  expect(await decideNow('due/5')).toMatchObject({ retrain: false });
});

test('a definition that is applied again does not forget what is subscribed to', async () => {
  await seedTimedModel(database, 'shop.again', {});
  const look = async () =>
    (await pool.query(`select decide_at from trigger_look where model = 'shop.again'`)).rows[0]?.decide_at;
  await publish(ana, { ...say('lake.cards'), tag: 'news', readers: null, subscribers: ['shop.again'] });
  await subscribe(ana, { ...say('shop.again'), publisher: 'lake.cards', tag: 'news' });
  expect(await look()).toBeNull();
  await withTransaction(database, (tx) => storeSpec(tx, specOf('shop.again'), 'somebody'));
  expect(await look()).toBeInstanceOf(Date);
  await unsubscribe(ana, { ...say('shop.again'), publisher: 'lake.cards', tag: 'news' });
  const changed = { ...specOf('shop.again'), slices: [] };
  await withTransaction(database, (tx) =>
    storeSpec(tx, { ...changed, about: { ...changed.about, owner: 'another' } }, 'somebody'),
  );
  expect(await look()).toBeUndefined();
});

test('of two that publish under a new tag at once one makes the edition, and the other is told', async () => {
  await tagSnapshot(ana, { ...say('lake.cards'), tag: 'twice', digest: digestOf('a') });
  const offer = { ...say('lake.cards'), tag: 'twice', readers: null, subscribers: null };
  let second: Promise<unknown> = Promise.resolve();
  await withTransaction(database, async (tx) => {
    await publishSnapshot(tx, { ...offer, actor: 'bob' });
    second = publish(ana, offer).catch((error: unknown) => error);
    await until('the second waits for the first', async () => {
      const { rows } = await pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
  });
  expect(await second).toMatchObject({ code: 'conflict', message: expect.stringContaining('as edition 1') });
});

test('models that follow each other train once for an edition of the other, and publish nothing by it', async () => {
  const pair = ['shop.ring-a', 'shop.ring-b'] as const;
  for (const [at, model] of pair.entries()) {
    await seedTimedModel(database, model, { budget: { runs: 9, per: { rows: 1_000 } } });
    await pool.query(`update model set train_counter = 1 where name = $1`, [model]);
    await snapshotsOf(model, at === 0 ? '01' : '23');
    await tagSnapshot(ana, { ...say(model), tag: 'ring', digest: digestOf(at === 0 ? '0' : '2') });
    await publish(ana, { ...say(model), tag: 'ring', readers: null, subscribers: ['shop.ring-*'] });
  }
  const [first, second] = pair;
  await subscribe(ana, { ...say(first), publisher: second, tag: 'ring' });
  await subscribe(ana, { ...say(second), publisher: first, tag: 'ring' });
  await subscribe(ana, { ...say(first), publisher: first, tag: 'ring' });
  await tagSnapshot(ana, { ...say(first), tag: 'ring', digest: digestOf('1') });
  await publish(ana, { ...say(first), tag: 'ring', readers: null, subscribers: null });
  const trainings: string[] = [];
  for (let turn = 1; turn <= 3; turn++) {
    for (const model of pair) {
      await decideAndStore(deps, { model, key: `due/${turn}`, window: null, person: null }, null);
      await pool.query(`update run set status = 'completed' where model = $1`, [model]);
    }
    const { rows } = await pool.query(`select model from edition_use where publisher = $1 order by model`, [first]);
    trainings.splice(0, trainings.length, ...rows.map(({ model }) => String(model)));
  }
  expect(trainings).toEqual([first, second]);
});
