import { expect, test } from 'vitest';
import { withTransaction } from './connect.ts';
import { refuseNewerSchema } from './known-schema.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';

const { database } = await openTestDatabase();

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
