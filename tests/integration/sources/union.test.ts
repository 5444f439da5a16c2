import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtSourcesActivities } from '../../../activities/ingest/look-at-sources.ts';
import { sourceMembersOf } from '../../../src/db/models/source-members.ts';
import { newestHistoryOf } from '../../../src/db/models/snapshots.ts';
import { createPushSink } from '../../../src/db/pushes/store-pushes.ts';
import type { SourceSpec, UnionSource } from '../../../src/domain/spec/source-spec.ts';
import { openForeignDatabase } from '../../worlds/foreign-database.ts';
import { createPushWorld, pushModel, type PushWorld } from '../../worlds/push-world.ts';

/** A shop's database, an archive of files and rows that are pushed: one history. */
const foreign = await openForeignDatabase();
let world: PushWorld;
/** Where the secret of the shop's database leads; a test takes it away. */
let secret: () => Promise<string>;

const union: UnionSource = {
  kind: 'union',
  members: {
    shop: {
      kind: 'postgres',
      secret: 'SHOP',
      query: 'select id, y from orders',
      cursor: { column: 'id', tieBreaker: 'id', overlapRows: 0 },
    },
    archive: { kind: 'folder', path: 'archive', format: 'csv', settleMs: 0 },
    live: { kind: 'push' },
  },
};

beforeAll(async () => {
  await foreign.client.query('create table orders (id bigint primary key, y text not null)');
  secret = () => Promise.resolve(foreign.url);
  world = await createPushWorld({ secret: () => secret(), privateHosts: [foreign.host] });
  await mkdir(path.join(world.folder, 'archive'));
  await world.apply(union, {
    contract: {
      quarantineShareMax: 0.5,
      rules: [{ rule: 'unique', id: 'one', columns: ['id'], severity: 'quarantine' }],
    },
  });
});
afterAll(() => world.close());

const labelOf = (id: number) => (id % 2 === 0 ? 'yes' : 'no');
const order = (...ids: readonly number[]) =>
  foreign.client.query(
    'insert into orders select id, case when id % 2 = 0 then $1 else $2 end from unnest($3::bigint[]) id',
    ['yes', 'no', ids],
  );
async function archive(name: string, ids: readonly number[]): Promise<void> {
  const file = path.join(world.folder, 'archive', name);
  await writeFile(file, `id,y\n${ids.map((id) => `${id},${labelOf(id)}`).join('\n')}\n`);
  const at = Date.now() / 1_000 - 60;
  await utimes(file, at, at);
}
let keys = 0;
const push = (...ids: readonly number[]) =>
  createPushSink(world.database).store(pushModel, [
    {
      keyHash: `key ${++keys}`,
      bodyDigest: ids.join(),
      answer: { specRevision: 1, rows: ids.length, setAside: [] },
      receivedAtMs: Date.now(),
      rows: ids.length,
      lines: Buffer.from(ids.map((id) => `${JSON.stringify({ id, y: labelOf(id) })}\n`).join('')),
    },
  ]);

async function idsNow(): Promise<readonly number[]> {
  return world.idsOf(await world.ingest());
}
const members = async () =>
  Object.fromEntries((await sourceMembersOf(world.database.db, pushModel)).map((row) => [row.member, row] as const));
async function look(): Promise<void> {
  await world.database.pool.query(`update trigger_look set look_at = now() - interval '1 second'`);
  await lookAtSourcesActivities(world.deps).lookAtSources();
}
const alerts = async () =>
  (
    await world.database.pool.query(
      `select title, body from alert where kind = 'source-unreadable' and closed_at is null`,
    )
  ).rows;

test('several sources are one history, and each snapshot names the one that its rows came from', async () => {
  await order(1, 2);
  await archive('a.csv', [10, 11]);
  await push(20, 21, 22);
  expect(await idsNow()).toEqual([10, 11, 20, 21, 22, 1, 2]);
  const newest = await newestHistoryOf(world.database.db, pushModel, 1);
  expect(newest?.manifest.member).toBe('shop');
  const { rows } = await world.database.pool.query(
    `select manifest ->> 'member' as member from snapshot order by created_at`,
  );
  expect(rows.map(({ member }) => member)).toEqual(['archive', 'live', 'shop']);
  const again = await world.ingest();
  expect(again.digest, 'nothing came').toBe(newest?.digest);
  await archive('b.csv', [12]);
  await push(23);
  await order(3);
  expect(await idsNow()).toEqual([10, 11, 20, 21, 22, 1, 2, 12, 23, 3]);
});

test('one that cannot be read is told of after a while, and the others are read without it', async () => {
  const before = await idsNow();
  secret = () => Promise.resolve('postgres://nobody@127.0.0.1:1/none');
  await order(4);
  await archive('c.csv', [13]);
  await push(24);
  expect((await idsNow()).slice(before.length)).toEqual([13, 24]);
  for (let failure = 1; failure <= 3; failure++) {
    await look();
    expect(await members()).toMatchObject({
      shop: { failures: failure },
      archive: { failures: 0 },
      live: { lagUnread: 0 },
    });
    expect(await alerts()).toHaveLength(failure < 3 ? 0 : 1);
  }
  const [alert] = await alerts();
  expect(alert.title).toBe('shop: shop of its sources cannot be read');
  const same = await world.ingest();
  expect(await world.idsOf(same), 'what cannot be read is no change').toHaveLength(before.length + 2);

  secret = () => Promise.resolve(foreign.url);
  expect((await idsNow()).slice(before.length)).toEqual([13, 24, 4]);
  await look();
  expect(await alerts()).toEqual([]);
  expect(await members()).toMatchObject({ shop: { failures: 0, problem: null, lagUnread: 0, lagUnit: 'rows' } });
});

test('with none that can be read the source cannot be', async () => {
  const place: SourceSpec = {
    kind: 'union',
    members: { a: union.members['shop'] ?? { kind: 'push' }, b: union.members['shop'] ?? { kind: 'push' } },
  };
  const good = secret;
  secret = () => Promise.reject(new Error('gone'));
  await expect(world.connect(place).identify()).rejects.toThrow('gone');
  secret = good;
});

test('rows are counted by source: taken, set aside, and those whose key another source had', async () => {
  const before = await members();
  await archive('d.csv', [14, 20, 21]);
  await push(25, -1, 14);
  await world.ingest();
  const after = await members();
  const grown = (member: string) => ({
    taken: (after[member]?.takenRows ?? 0) - (before[member]?.takenRows ?? 0),
    quarantined: (after[member]?.quarantinedRows ?? 0) - (before[member]?.quarantinedRows ?? 0),
    repeated: (after[member]?.repeatedRows ?? 0) - (before[member]?.repeatedRows ?? 0),
  });
  expect(grown('archive')).toEqual({ taken: 3, quarantined: 0, repeated: 2 });
  expect(grown('live')).toEqual({ taken: 2, quarantined: 1, repeated: 1 });
  expect(grown('shop')).toEqual({ taken: 0, quarantined: 0, repeated: 0 });
});

test('a batch that the contract refuses keeps no other source from being read', async () => {
  const before = await idsNow();
  await archive('e.csv', [-1, -2, -3, 15]);
  await push(26);
  expect((await idsNow()).slice(before.length)).toEqual([26]);
  expect(await members()).toMatchObject({
    archive: { refusal: expect.stringContaining('e.csv') },
    live: { refusal: null },
  });
  const { rows } = await world.database.pool.query(
    `select detail from run where kind = 'ingest' order by started_at desc limit 1`,
  );
  expect(rows[0].detail).toContain('of archive nothing more was taken: archive: ');
  await rm(path.join(world.folder, 'archive', 'e.csv'));
  await archive('f.csv', [16]);
  expect((await idsNow()).slice(before.length)).toEqual([26, 16]);
  expect(await members()).toMatchObject({ archive: { refusal: null } });
});

test('an attempt that ends in the middle goes on behind what was kept, and takes nothing twice', async () => {
  const before = await idsNow();
  await order(5, 6);
  await archive('g.csv', [17]);
  await push(27);
  const source = world.connect(union);
  const newest = await newestHistoryOf(world.database.db, pushModel, 1);
  const names: string[] = [];
  for await (const batch of source.open(newest?.manifest.cursor ?? null, path.join(world.folder, 'cut'))) {
    names.push(batch.name);
    // As if the process had been killed with the first batch read and not kept.
    break;
  }
  expect(names).toEqual([`archive: ${path.join(world.folder, 'archive', 'g.csv')}`]);
  expect((await idsNow()).slice(before.length)).toEqual([17, 27, 5, 6]);
});
