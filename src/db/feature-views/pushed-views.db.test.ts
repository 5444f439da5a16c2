import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { until } from '../../../tests/worlds/wait.ts';
import { bringInAlone, pushedViewsBehind } from './pushed-views.ts';

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
  await snapshotStored('cards', { cursor: 9, minutesAgo: 1 });
  await pool.query(`update online_view set snapshot = 'cards 9 1'`);
  expect(await pushedViewsBehind(database, 20, 3)).toEqual([]);
});

test('one worker at a time, and one whose connection breaks meanwhile goes on and holds nobody up', async () => {
  const view = { view: 'alone', digest };
  let meanwhile: boolean | undefined;
  const holding = bringInAlone(database, view, async () => {
    meanwhile = await bringInAlone(database, view, async () => Promise.resolve());
    // As a restart of Postgres does: nothing is being asked of the connection with the lock.
    const ended = await pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(ended.rowCount).toBe(1);
    await until('the lock is free', async () => {
      const { rows } = await pool.query(
        `select from pg_locks where locktype = 'advisory'
           and database = (select oid from pg_database where datname = current_database())`,
      );
      return rows.length === 0;
    });
  });
  await expect(holding, 'it could not unlock').rejects.toThrow(/terminat|queryable|closed/i);
  expect(meanwhile).toBe(false);
  expect(await bringInAlone(database, view, async () => Promise.resolve())).toBe(true);
});
