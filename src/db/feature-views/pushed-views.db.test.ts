import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { until } from '../../../tests/worlds/wait.ts';
import { createDatabase } from '../base/connect.ts';
import { pushedViewsBehind } from './pushed-views.ts';
import { underViewLease } from './view-lease.ts';

const { database } = await openTestDatabase();
const { pool } = database;
const digest = 'd'.repeat(64);

async function snapshotStored(view: string, at: { readonly cursor: number; readonly minutesAgo: number }) {
  const name = `${view} ${at.cursor} ${at.minutesAgo}`;
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, rows, quarantined_rows, source_digest, manifest,
       created_at)
     values ($1, $2, 1, 'view', 1, 0, 'x', $3, now() - $4 * interval '1 minute')`,
    [name, view, { cursor: String(at.cursor), view: { digest } }, at.minutesAgo],
  );
  return name;
}

test('a view that lacks rows is told with the age of its newest snapshot and how many there were of late', async () => {
  await pool.query(`insert into feature_view (name, revision) values ('cards', 1)`);
  await pool.query(
    `insert into feature_view_revision (view, revision, digest, spec, actor)
     values ('cards', 1, $1, '{"source": {"kind": "push"}}', 'test')`,
    [digest],
  );
  await pool.query(`insert into push_stream (model, last_row) values ('cards', 9)`);
  await pool.query(`insert into online_view (view, digest) values ('cards', $1)`, [digest]);
  expect(await pushedViewsBehind(database, 20, 3)).toEqual([{ view: 'cards', digest, ageMs: null, recent: 0 }]);
  for (const minutesAgo of [90, 50, 40, 30, 20]) await snapshotStored('cards', { cursor: 1, minutesAgo });
  const newest = await snapshotStored('cards', { cursor: 8, minutesAgo: 2 });
  expect(await pushedViewsBehind(database, 20, 3), 'the online store lacks it').toMatchObject([
    { ageMs: null, recent: 3 },
  ]);
  await pool.query('update online_view set snapshot = $1', [newest]);
  const [found] = await pushedViewsBehind(database, 20, 30);
  expect(found).toMatchObject({ view: 'cards', recent: 5 });
  expect(Math.floor((found?.ageMs ?? 0) / 60_000)).toBe(2);
  // What was joined since counts as it did, and what joins it does not.
  await pool.query(
    `update snapshot set files_removed_at = now(), joined_into = 'joined' where digest like 'cards 1 %'`,
  );
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, rows, quarantined_rows, source_digest, manifest)
     values ('joined', 'cards', 1, 'view', 5, 0, 'x', $1)`,
    [{ cursor: '1', view: { digest, joins: { level: 1, looks: 5, of: [] } } }],
  );
  await pool.query(`update snapshot set created_at = now() - interval '20 minutes' where digest = 'joined'`);
  expect(await pushedViewsBehind(database, 20, 30)).toMatchObject([{ recent: 5 }]);
  await snapshotStored('cards', { cursor: 9, minutesAgo: 1 });
  await pool.query(`update online_view set snapshot = 'cards 9 1'`);
  expect(await pushedViewsBehind(database, 20, 3)).toEqual([]);
});

test('one worker at a time, without a connection, and one that was killed holds nobody up for long', async () => {
  const key = { view: 'cards', digest };
  const nothing = async () => Promise.resolve();
  const single = createDatabase(database.url, { connectionsMax: 1 });
  const lease = async () =>
    (
      await pool.query(
        `select lease_holder is not null as held, extract(epoch from lease_until)::float8 as until_s,
           extract(epoch from now())::float8 as now_s from online_view where view = 'cards'`,
      )
    ).rows[0];
  try {
    let isMeanwhile: boolean | undefined;
    const before = await lease();
    const isDone = await underViewLease(single, key, async () => {
      // The only connection of the pool is free while the work goes on.
      isMeanwhile = await underViewLease(single, key, nothing);
      const meanwhile = await lease();
      expect(meanwhile.held).toBe(true);
      expect(meanwhile.until_s).toBeGreaterThanOrEqual(before.now_s + 20);
      expect(meanwhile.until_s).toBeLessThanOrEqual(meanwhile.now_s + 20);
    });
    expect([isDone, isMeanwhile]).toEqual([true, false]);
    expect(await lease()).toMatchObject({ held: false, until_s: null });
    await expect(
      underViewLease(single, key, async () => {
        throw new Error('the source is away');
      }),
    ).rejects.toThrow('the source is away');
    expect(await underViewLease(single, key, nothing)).toBe(true);
  } finally {
    await single.close();
  }
  // A worker that was killed renews nothing.
  const killed = (seconds: number) =>
    pool.query(
      `update online_view set lease_holder = gen_random_uuid(), lease_until = now() + make_interval(secs => $1)`,
      [seconds],
    );
  await killed(3_600);
  expect(await underViewLease(database, key, nothing)).toBe(false);
  await killed(-1);
  expect(await underViewLease(database, key, nothing)).toBe(true);
});

test('work that lasts longer than its lease keeps it, and who has lost it does not end that of the next', async () => {
  const key = { view: 'cards', digest };
  const holder = async () =>
    (await pool.query(`select lease_holder, lease_until > now() as holds from online_view where view = 'cards'`))
      .rows[0];
  let heldBy: unknown;
  await underViewLease(
    database,
    key,
    async () => {
      const first = await holder();
      await pool.query(`update online_view set lease_until = now() - interval '1 second'`);
      await until('it is renewed', async () => (await holder()).holds === true);
      expect(await holder()).toEqual({ ...first, holds: true });
      await pool.query(
        `update online_view set lease_holder = gen_random_uuid(), lease_until = now() + interval '1 hour'`,
      );
      heldBy = (await holder()).lease_holder;
    },
    60,
  );
  expect(await holder()).toEqual({ lease_holder: heldBy, holds: true });
});
