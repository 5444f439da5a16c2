import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import { startSilentProxy, type SilentProxy } from '../../tests/worlds/silent-proxy.ts';
import { createToken } from './create-token.ts';
import { hashSecret } from './secret.ts';
import { createTokenSource } from './token-source.ts';

let place: TestDatabase;
let proxy: SilentProxy;
let database: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  proxy = await startSilentProxy(place.url);
  database = createDatabase(proxy.url, { connectionsMax: 2, onIdleError: () => undefined });
});
afterAll(async () => {
  proxy.silence(false);
  await proxy.close();
  await database.close();
  await place.drop();
});

test('a database that hangs holds up nobody whose token is known; an unknown one is not let in', async () => {
  const { secret } = await createToken(database.db, {
    name: 'app',
    role: 'predictor',
    scope: '*',
    expiresAt: null,
  });
  let nowMs = Date.now();
  const tokens = createTokenSource(database, { freshMs: 1_000, patienceMs: 20, nowMs: () => nowMs });
  const authorise = (given: string) => tokens.authorise(hashSecret(given), 'fraud', 'predict');
  expect(await authorise(secret)).toBe('allowed');
  proxy.silence(true);
  nowMs += 5_000;
  // Without a bound on the wait neither of the two would ever be answered.
  expect(await Promise.all([authorise(secret), authorise(secret)])).toEqual(['allowed', 'allowed']);
  let isAnswered = false;
  void authorise('prn_unknown').then(
    () => (isAnswered = true),
    () => undefined,
  );
  nowMs += 1_000;
  expect(await authorise(secret)).toBe('allowed');
  expect(isAnswered).toBe(false);
});
