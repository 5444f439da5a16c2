import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { createServingMembers } from './serving-members.ts';

const { database } = await openTestDatabase();

const known = async (table: 'serving_member' | 'routing_ack'): Promise<readonly string[]> => {
  const { rows } = await database.pool.query<{ id: string }>(`select process_id as id from ${table}`);
  return rows.map(({ id }) => id);
};

test('who leaves takes its acknowledgements along, and what is left of processes that are long gone', async () => {
  const members = createServingMembers(database.db);
  const [leaves, stays, gone] = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of [leaves, stays, gone]) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await members.renewMembership(id, 60_000);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await members.acknowledge(id, [{ model: 'm', revision: 1 }]);
  }
  await database.pool.query(
    "update serving_member set lease_until = now() - interval '2 hours' where process_id = $1",
    [gone],
  );
  await members.leave(leaves);
  expect(await known('serving_member')).toEqual([stays]);
  expect(await known('routing_ack')).toEqual([stays]);
  // Told twice, or of one that nobody knows: nothing else goes.
  await members.leave(leaves);
  expect(await known('routing_ack')).toEqual([stays]);
});
