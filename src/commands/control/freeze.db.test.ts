import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, withTransaction, type Database } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { freezeOf } from '../../db/routing/freezes.ts';
import { lockRouting } from '../../db/routing/routing.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { smallSpec } from '../../../tests/worlds/control-world.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { silentBus } from '../../../tests/worlds/silent-bus.ts';
import { until } from '../../../tests/worlds/wait.ts';
import type { CommandContext } from '../base/context.ts';
import { freeze } from './freeze.ts';
import { kill } from './kill.ts';
import { thaw } from './thaw.ts';

let place: TestDatabase;
let database: Database;
let context: CommandContext;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 8, onIdleError: () => undefined });
  const principal = { tokenId: randomUUID(), name: 'operator', role: 'admin', scope: '*' } as const;
  context = { database, bus: silentBus(), principal };
  await withTransaction(database, (tx) => storeSpec(tx, smallSpec('in-flight') as ModelSpec, 'test'));
  await withTransaction(database, (tx) => storeSpec(tx, smallSpec('other') as ModelSpec, 'test'));
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

/** How many connections of this database wait for a lock of another. */
async function waiting(): Promise<number> {
  const { rows } = await database.pool.query<{ count: string }>(
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return Number(rows[0]?.count);
}

test.each(['freeze', 'kill'] as const)(
  'no promotion in flight slips through a %s of all models: it ends before the freeze stands, or sees it',
  async (verb) => {
    const verbs = { freeze, kill };
    const order: string[] = [];
    let freezing: Promise<unknown> = Promise.resolve();
    await withTransaction(database, async (tx) => {
      await lockRouting(tx, 'in-flight');
      expect(await freezeOf(tx, 'in-flight')).toBeNull();
      freezing = verbs[verb](context, { model: '*', key: null, reason: 'an incident' }).then(() => order.push(verb));
      // The promotion has looked and is about to write: the freeze must not stand before it has committed.
      await until('the freeze waits for the promotion', async () => (await waiting()) > 0);
      expect(await freezeOf(database.db, 'in-flight')).toBeNull();
      order.push('promotion');
    });
    await freezing;
    expect(order).toEqual(['promotion', verb]);
    await withTransaction(database, async (tx) => {
      await lockRouting(tx, 'in-flight');
      expect(await freezeOf(tx, 'in-flight')).toMatchObject({ model: '*', kind: verb });
    });
    await thaw(context, { model: '*', key: null, reason: 'it is over' });
  },
);
