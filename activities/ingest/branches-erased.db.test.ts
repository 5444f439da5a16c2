import { afterAll, expect, test } from 'vitest';
import { branch } from '../../src/commands/tags/branch-snapshot.ts';
import { verifyDataset } from '../../src/data/dataset/verify-dataset.ts';
import { tombstonesOf } from '../../src/db/erasure/tombstones.ts';
import { trainedOn } from '../../src/db/erasure/trained-on.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { cardsModel, createBranchWorld, file } from '../../tests/worlds/branch-world.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const world = await createBranchWorld(database);
afterAll(world.close);
const { store, deps, ana, headOf, define, put, ingest, cardsOf } = world;
const say = (model: string) => ({ model, key: null, reason: 'because' });

test('an erasure from all models reaches both lines, and one from the origin tells whose versions learnt', async () => {
  await put('shop.csv', ['k', 'gone', 'm']);
  await define(cardsModel('shop', file('shop.csv')));
  await ingest('shop');
  await put('heir.csv', ['n']);
  await branch(ana, { ...say('heir'), origin: 'shop', from: null });
  await define(cardsModel('heir', file('heir.csv')));
  const { digest } = await ingest('heir');
  await pool.query(
    `insert into version (model, version, run_id, status, spec_revision, model_digest, profile_digest, correction,
      snapshots, report, labelled_rows, gate_verdict, created_at)
     values ('heir', 1, 'train/heir/1', 'released', 1, 'm', 'p', 'identity', $1, '{}', 4, 'pass',
       now() - interval '1 day')`,
    [JSON.stringify([digest])],
  );
  const one = await runErasure(deps, await askErasure({ database }, { name: 'shop', entity: 'gone' }));
  expect(one.status).toBe('done');
  expect(await trainedOn(db, one.erasureId)).toEqual([{ model: 'heir', version: 1, isChampion: false }]);
  expect(await cardsOf((await headOf('shop'))?.digest ?? '')).toBe('k m');
  expect(await cardsOf(digest)).toBe('k gone m n');
  const all = await runErasure(deps, await askErasure({ database }, { scope: 'all', name: '*', entity: 'm' }));
  expect(all.status).toBe('done');
  expect(await cardsOf((await headOf('shop'))?.digest ?? '')).toBe('k');
  expect(await cardsOf(digest)).toBe('k gone n');
  const line = await lineageOf(db, [digest]);
  const told = await verifyDataset(
    store,
    line,
    await tombstonesOf(
      db,
      line.map((row) => row.digest),
    ),
  );
  expect(told.wrongManifests).toEqual([]);
  expect(told.files.every(({ state }) => state === 'whole')).toBe(true);
});

test('an entity that was erased from the new line alone does not come back with its next definition', async () => {
  await put('kiosk.csv', ['p', 'lost', 'q']);
  await define(cardsModel('kiosk', file('kiosk.csv')));
  await ingest('kiosk');
  for (const model of ['child', 'orphan'])
    // oxlint-disable-next-line no-await-in-loop -- two models
    await branch(ana, { ...say(model), origin: 'kiosk', from: null });
  await put('child.csv', ['n']);
  await define(cardsModel('child', file('child.csv')));
  await ingest('child');
  await runErasure(deps, await askErasure({ database }, { name: 'child', entity: 'lost' }));
  await define(cardsModel('child', file('child.csv'), 'another owner'));
  expect(await cardsOf((await ingest('child')).digest)).toBe('p q n');
  expect(await cardsOf((await headOf('kiosk'))?.digest ?? '')).toBe('p lost q');
  // One that had not begun has no line of its own to go on from.
  await define(cardsModel('orphan', file('child.csv')));
  await runErasure(deps, await askErasure({ database }, { name: 'orphan', entity: 'lost' }));
  await expect(ingest('orphan')).rejects.toMatchObject({ code: 'conflict', path: 'origin' });
  await runErasure(deps, await askErasure({ database }, { name: 'kiosk', entity: 'lost' }));
  expect(await cardsOf((await ingest('orphan')).digest)).toBe('p q n');
});
