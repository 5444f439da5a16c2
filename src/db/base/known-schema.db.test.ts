import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, withTransaction, type Database } from './connect.ts';
import { refuseNewerSchema } from './known-schema.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 2, onIdleError: () => undefined });
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

test('a program that the schema left behind writes nothing; one that writes holds the next migration up', async () => {
  await withTransaction(database, async (_, client) => {
    await refuseNewerSchema(client);
    await expect(
      withTransaction(database, async (_tx, migrating) => {
        await migrating.query("set local lock_timeout = '50ms'");
        await migrating.query('lock table schema_migration in access exclusive mode');
      }),
    ).rejects.toThrow(/lock timeout/);
  });
  await database.pool.query(
    "insert into schema_migration (position, tag, digest) select count(*), 'a_later_one', '' from schema_migration",
  );
  await expect(withTransaction(database, (_, client) => refuseNewerSchema(client))).rejects.toMatchObject({
    code: 'unavailable',
  });
});
