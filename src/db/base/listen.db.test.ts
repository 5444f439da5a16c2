import { afterEach, expect, test } from 'vitest';
import { backOffMs, startListening } from './listen.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { until } from '../../../tests/worlds/wait.ts';

const channel = 'perennial_test';

const { place, database } = await openTestDatabase();

let stop: (() => void) | undefined;
afterEach(() => stop?.());

test('after a cut connection whoever listens hears again, and is told that it may have missed something', async () => {
  const heard: string[] = [];
  stop = startListening(place.url, [channel], (payload) => heard.push(payload), { warn: () => undefined });
  await until('listening', async () => Promise.resolve(heard.length === 1));
  await say('before');
  await until('hearing', async () => Promise.resolve(heard.includes('before')));

  expect(await cut()).toBe(1);
  await say('while nobody listened');
  await until('listening again', async () => Promise.resolve(heard.filter((payload) => payload === '').length === 2));
  await say('after');
  await until('hearing again', async () => Promise.resolve(heard.includes('after')));
  expect(heard).toEqual(['', 'before', '', 'after']);
});

test('a connection that is cut again and again leaves one listener behind, and none once it is stopped', async () => {
  const heard: string[] = [];
  stop = startListening(place.url, [channel], (payload) => heard.push(payload), { warn: () => undefined });
  for (let cuts = 1; cuts <= 3; cuts++) {
    await until('listening', async () => Promise.resolve(heard.length === cuts));
    expect(await cut()).toBe(1);
  }
  await until('listening', async () => Promise.resolve(heard.length === 4));
  expect(await listeners()).toBe(1);
  stop();
  await until('gone', async () => (await listeners()) === 0);
});

test('a database that is away is asked again, not faster than the back-off, which is bounded', async () => {
  const warned: string[] = [];
  const away = new URL(place.url);
  away.pathname = '/nowhere';
  const startedMs = performance.now();
  stop = startListening(away.toString(), [channel], () => undefined, {
    warn: (fields) => warned.push(String(fields['reason'])),
  });
  await until('three tries', async () => Promise.resolve(warned.length === 3));
  expect(performance.now() - startedMs).toBeGreaterThan(backOffMs(1) + backOffMs(2));
  expect(warned[0]).toContain('nowhere');
  expect([1, 2, 3, 8, 1_000].map(backOffMs)).toEqual([200, 400, 800, 5_000, 5_000]);
});

async function say(payload: string): Promise<void> {
  await database.pool.query('select pg_notify($1, $2)', [channel, payload]);
}

/** Ends the connections that listen, as an operator or a restart does; returns how many there were. */
async function cut(): Promise<number> {
  const { rowCount } = await database.pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity ' +
      'where datname = current_database() and application_name = $1',
    [`listen ${channel}`],
  );
  return rowCount ?? 0;
}

async function listeners(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    'select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name = $1',
    [`listen ${channel}`],
  );
  return rows[0]?.count ?? 0;
}
