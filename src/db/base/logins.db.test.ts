import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { createDatabase, type Database } from './connect.ts';
import { ensureLogins } from './logins.ts';
import { createToken } from '../../access/create-token.ts';

let place: TestDatabase;
let owner: Database;
let app: Database;
let reader: Database;
const suffix = process.pid;
const [appLogin, readLogin] = [`perennial_run_${suffix}`, `perennial_pages_${suffix}`];

const urlOf = (name: string, password: string): string => {
  const url = new URL(place.url);
  url.username = name;
  url.password = password;
  return url.href;
};

beforeAll(async () => {
  place = await createTestDatabase();
  owner = createDatabase(place.url, { connectionsMax: 1 });
  const urls = { app: urlOf(appLogin, 'first'), read: urlOf(readLogin, 'sécret/2') };
  expect(await ensureLogins(owner, urls)).toEqual([appLogin, readLogin]);
  // Again, with another password, as after it was changed in the settings.
  await ensureLogins(owner, { ...urls, app: urlOf(appLogin, 'second') });
  app = createDatabase(urlOf(appLogin, 'second'), { connectionsMax: 1, isApp: true });
  reader = createDatabase(urls.read, { connectionsMax: 1 });
  await createToken(owner.db, { name: 'ana', role: 'admin', scope: '*', expiresAt: null });
});
afterAll(async () => {
  await app.close();
  await reader.close();
  for (const login of [appLogin, readLogin]) {
    await owner.pool.query(`drop owned by ${login}`);
    await owner.pool.query(`drop role ${login}`);
  }
  await owner.close();
  await place.drop();
});

const denied = { code: expect.stringMatching(/^(42501|25006)$/) };

describe('the application login', () => {
  test('reads and writes rows', async () => {
    const { rows } = await app.pool.query("update token set last_used_at = now() where name = 'ana' returning name");
    expect(rows).toHaveLength(1);
  });

  test.each([
    ['drop a table', 'drop table webhook'],
    ['change one', 'alter table token add column x text'],
    ['take a trigger off', 'alter table audit disable trigger all'],
    ['rewrite the audit', "update audit set reason = 'nothing'"],
    ['go back to being somebody else', 'set role postgres'],
    ['read the key that signs back-ups', 'select * from backup_key'],
    ['make a role', 'create role stranger'],
    ['read files of the server', "select pg_read_file('/etc/passwd')"],
  ])('may not %s, whatever role it sets', async (_, statement) => {
    await app.pool.query('reset role');
    await expect(app.pool.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|22023|42704)$/),
    });
  });
});

describe('the login of pages', () => {
  test('reads what pages show, of tokens too', async () => {
    expect((await reader.pool.query('select name, role, scope from token')).rows).toHaveLength(1);
    await reader.pool.query('select count(*) from prediction');
  });

  test.each([
    ['the hashes of tokens', 'select secret_hash from token'],
    ['sessions', 'select * from session'],
    ['secrets of webhooks', 'select * from signing_secret'],
    ['the key that signs back-ups', 'select * from backup_key'],
  ])('does not read %s', async (_, statement) => {
    await expect(reader.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('writes nothing, also when it asks for a transaction that may', async () => {
    await expect(reader.pool.query("update model set paused_by = 'x'")).rejects.toMatchObject(denied);
    await reader.pool.query('set default_transaction_read_only = off');
    await expect(reader.pool.query("update model set paused_by = 'x'")).rejects.toMatchObject({ code: '42501' });
    await expect(reader.pool.query('set role perennial_app')).rejects.toMatchObject({ code: '42501' });
  });
});
