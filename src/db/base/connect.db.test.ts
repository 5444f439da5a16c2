import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, isDatabaseAway, isDatabaseRefusing, withTransaction, type Database } from './connect.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { startSilentProxy, type SilentProxy } from '../../../tests/worlds/silent-proxy.ts';

let place: TestDatabase;
let proxy: SilentProxy;
let database: Database;

beforeEach(async () => {
  place = await createTestDatabase();
  proxy = await startSilentProxy(place.url);
  // One connection: what a statement without an answer leaves behind would stand in the way of the next.
  database = createDatabase(proxy.url, {
    connectionsMax: 1,
    statementTimeoutMs: 100,
    answerSlackMs: 100,
    onIdleError: () => undefined,
  });
});
afterEach(async () => {
  await database.close();
  await proxy.close();
  await place.drop();
});

const one = async (): Promise<unknown> => (await database.pool.query('select 1 as one')).rows;

test('a server that hangs is away, not waited for; once it answers, everything goes on', async () => {
  expect(await one()).toEqual([{ one: 1 }]);
  proxy.silence(true);
  const failure = await one().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(isDatabaseAway(failure)).toBe(true);
  proxy.silence(false);
  expect(await one()).toEqual([{ one: 1 }]);
});

test('a transaction in which it hangs ends as away too, and leaves no connection that is half used', async () => {
  const failure = await withTransaction(database, async (_tx, client) => {
    proxy.silence(true);
    await client.query('select 2 as two');
  }).catch((error: unknown) => error);
  expect(isDatabaseAway(failure)).toBe(true);
  proxy.silence(false);
  expect(await one()).toEqual([{ one: 1 }]);
  expect(database.pool.totalCount).toBe(1);
});

test.each([
  ['another password', (url: URL) => (url.password = 'another')],
  ['a database that is not there', (url: URL) => (url.pathname = '/nowhere')],
])('%s is refused, which is not away', async (_what, change) => {
  const url = new URL(place.url);
  change(url);
  const other = createDatabase(url.href);
  const failure = await other.db.execute('select 1').catch((error: unknown) => error);
  await other.close();
  expect([isDatabaseRefusing(failure), isDatabaseAway(failure)]).toEqual([true, false]);
});
