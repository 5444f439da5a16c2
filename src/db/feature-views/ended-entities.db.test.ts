import { beforeEach, expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { withTransaction } from '../base/connect.ts';
import { removeEndedEntities, removeLeftGenerations } from './online-due.ts';

const { database } = await openTestDatabase();
const { pool } = database;
const key = { view: 'cards', digest: 'd' };
const dayMs = 86_400_000;
const newestMs = 1_000 * dayMs + 5;

beforeEach(async () => {
  await pool.query('delete from online_view');
  await pool.query(`insert into online_view (view, digest) values ('cards', 'd')`);
});

async function put(entity: string, eventMs: number | null, { generation = 1, waiting = '[]' } = {}): Promise<void> {
  await pool.query(
    `insert into online_entity (view, digest, generation, entity, event_ms, numbers, texts, waiting)
     values ('cards', 'd', $1, $2, $3, '{1}', '{}', $4)`,
    [generation, entity, eventMs, waiting],
  );
}

async function left(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ entity: string }>('select entity from online_entity order by entity');
  return rows.map(({ entity }) => entity);
}

test('who ended goes within two days, and nobody before', async () => {
  const reachMs = 1.5 * dayMs;
  await put('newest', newestMs);
  for (let hours = 0; hours <= 200; hours += 10)
    // oxlint-disable-next-line no-await-in-loop -- some rows
    await put(`h${String(hours).padStart(3, '0')}`, newestMs - hours * 3_600_000);
  await put('unknown', null);
  await put('waits', newestMs - 500 * dayMs, { waiting: '[{}]' });
  expect((await left()).length).toBe(24);
  expect(await removeEndedEntities(database, key, reachMs)).toBe(false);
  const stayed = await left();
  expect(stayed).toEqual(expect.arrayContaining(['newest', 'unknown', 'waits']));
  const hoursOf = stayed.filter((entity) => entity.startsWith('h')).map((entity) => Number(entity.slice(1)));
  const oldest = Math.max(...hoursOf) * 3_600_000;
  expect(oldest, 'as far as it reaches').toBeGreaterThanOrEqual(reachMs - 10 * 3_600_000);
  expect(oldest).toBeLessThan(reachMs + 2.5 * dayMs);
});

test('generations that are neither read nor built go, those in between too', async () => {
  await pool.query(`update online_view set generation = 3, generation_max = 6, building = '{"generation": 6}'`);
  for (let generation = 1; generation <= 6; generation++)
    // oxlint-disable-next-line no-await-in-loop -- some rows
    await put(`g${generation}`, newestMs, { generation });
  await removeLeftGenerations(database, key);
  expect(await left()).toEqual(['g3', 'g6']);
  await pool.query('update online_view set building = null');
  await removeLeftGenerations(database, key);
  expect(await left()).toEqual(['g3']);
});

test('what somebody brings in just now is waited for by nobody, and stays', async () => {
  await put('newest', newestMs);
  await put('held', 0);
  await put('old', 0);
  await withTransaction(database, async (_, client) => {
    await client.query(`update online_entity set event_ms = $1 where entity = 'held'`, [newestMs]);
    await removeEndedEntities(database, key, dayMs);
  });
  await removeEndedEntities(database, key, dayMs);
  expect(await left()).toEqual(['held', 'newest']);
});

test('a row of the same day is an update within its page, which writes no index', async () => {
  await put('a', newestMs);
  const hotOf = (ms: number) =>
    withTransaction(database, async (_, client) => {
      const countsOf = async () =>
        (
          await client.query<{ all: number; hot: number }>(
            `select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_xact_user_tables
             where relname = 'online_entity'`,
          )
        ).rows[0] ?? { all: 0, hot: 0 };
      const before = await countsOf();
      await client.query('update online_entity set event_ms = event_ms + $1, numbers = $2', [ms, [ms]]);
      const after = await countsOf();
      return { all: after.all - before.all, hot: after.hot - before.hot };
    });
  expect(await hotOf(60_000)).toEqual({ all: 1, hot: 1 });
  expect(await hotOf(dayMs)).toEqual({ all: 1, hot: 0 });
});
