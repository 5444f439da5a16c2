import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { createDatabase, withTransaction, type Database } from '../base/connect.ts';
import { storeSpec } from '../models/specs.ts';
import { createRoutingSource } from './routing-source.ts';
import { isAcknowledged } from './routing.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const model = 'failed-over';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  await withTransaction(database, (tx) => storeSpec(tx, specOf(model), 'seed'));
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

/** What a server says that took over without the last second: another content under a number that was given before. */
async function failOver(revision: number, salt: string): Promise<void> {
  await database.pool.query(
    `update routing set revision = $2::int,
       entry = jsonb_set(jsonb_set(entry, '{salt}', to_jsonb($3::text)), '{revision}', to_jsonb($2::int))
     where model = $1`,
    [model, revision, salt],
  );
}

test('what stands after a failover is read, under the same revision and under a lower one', async () => {
  const source = createRoutingSource(database, log);
  const standing = async () => (await source.read()).map(({ revision, salt }) => ({ revision, salt }));
  await failOver(7, 'before');
  expect(await standing()).toEqual([{ revision: 7, salt: 'before' }]);
  await failOver(7, 'after');
  expect(await standing()).toEqual([{ revision: 7, salt: 'after' }]);
  await failOver(5, 'long before');
  expect(await standing()).toEqual([{ revision: 5, salt: 'long before' }]);
  await source.close();
});

test('an acknowledgement of what stood before is none of what stands now', async () => {
  const source = createRoutingSource(database, log);
  const processId = randomUUID();
  const acknowledge = async () => source.acknowledge(processId, await source.read());
  await source.renewMembership(processId, 60_000);
  await failOver(9, 'before');
  await acknowledge();
  expect(await isAcknowledged(database.db, model, 9)).toBe(true);
  await failOver(9, 'after');
  expect(await isAcknowledged(database.db, model, 9)).toBe(false);
  await acknowledge();
  expect(await isAcknowledged(database.db, model, 9)).toBe(true);
  expect(await isAcknowledged(database.db, model, 10)).toBe(false);
  await source.close();
});
