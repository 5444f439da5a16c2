import { afterAll } from 'vitest';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A database for the tests of one file, connected; both end with the file. To be awaited at its top. */
export async function openTestDatabase(): Promise<{ readonly place: TestDatabase; readonly database: Database }> {
  const place = await createTestDatabase();
  const database = createDatabase(place.url);
  afterAll(async () => {
    await database.close();
    await place.drop();
  });
  return { place, database };
}
