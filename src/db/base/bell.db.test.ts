import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { until } from '../../../tests/worlds/wait.ts';
import { createBell, type Bell, type Ear } from './bell.ts';
import { createDatabase, type Database } from './connect.ts';

let place: TestDatabase;
let database: Database;
let bell: Bell & { stop(): void };
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  bell = createBell(place.url, { warn: () => undefined });
  // What it says when it begins to listen is news for everybody.
  const ear = bell.ear('any', 0);
  await woken(ear);
  ear.close();
});
afterAll(async () => {
  bell.stop();
  await database.close();
  await place.drop();
});

const neverMs = 3_600_000;
const running = new AbortController().signal;
const woken = (ear: Ear) => ear.wait(neverMs, running);
const say = (channel: string, payload: string) => database.pool.query('select pg_notify($1, $2)', [channel, payload]);

test('whoever waits for a model is woken by its rows and by its processes, and by news that came before', async () => {
  const ear = bell.ear('mine', 0);
  const other = bell.ear('other', 0);
  let isOtherWoken = false;
  void woken(other).then(() => (isOtherWoken = true));
  const waiting = woken(ear);
  await say('perennial_segment', '{"model":"mine","lastSeq":1}');
  await waiting;
  await say('perennial_ack', '{"model":"mine"}');
  await woken(ear);
  expect(isOtherWoken).toBe(false);
  // A process that left may have been waited for by anybody.
  await say('perennial_ack', '');
  await woken(ear);
  await until('the other is woken', () => Promise.resolve(isOtherWoken));
  await say('perennial_ack', 'not of ours');
  await woken(ear);
  ear.close();
  other.close();
});

test('news within the rest is left to the poll, and what is cancelled waits no longer', async () => {
  const ear = bell.ear('busy', neverMs);
  const first = woken(ear);
  await say('perennial_segment', '{"model":"busy"}');
  await first;
  const heard = bell.ear('busy', 0);
  const cancelled = new AbortController();
  const resting = ear.wait(neverMs, cancelled.signal).then(
    () => 'woken',
    () => 'cancelled',
  );
  const second = woken(heard);
  await say('perennial_segment', '{"model":"busy"}');
  await second;
  cancelled.abort();
  expect(await resting).toBe('cancelled');
  await ear.wait(1, running);
  ear.close();
  heard.close();
});
