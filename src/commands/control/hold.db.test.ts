import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../tests/worlds/wait.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { silentBus } from '../../../tests/worlds/silent-bus.ts';
import { createDatabase, withTransaction, type Database } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { isHeld } from '../../db/retention/holds.ts';
import { audit } from '../../db/schema/index.ts';
import { statusOf } from '../../db/views/views-status.ts';
import { fraud } from '../../../models/fraud.ts';
import type { CommandContext } from '../base/context.ts';
import { holds, releaseHold, setHold } from './hold.ts';

let place: TestDatabase;
let database: Database;
let admin: CommandContext;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 4, onIdleError: () => undefined });
  admin = {
    database,
    bus: silentBus(),
    principal: { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' },
  };
  for (const name of ['held', 'other'])
    await withTransaction(database, (tx) => storeSpec(tx, { ...fraud, name }, 'ana'));
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

const say = (model: string, reason: string, key: string | null = null) => ({ model, reason, key });
const heldNow = (model: string) => withTransaction(database, (tx) => isHeld(tx, model));

test('a hold is set once, seen, and released by whoever may apply; both stand in the audit', async () => {
  const operator: CommandContext = { ...admin, principal: { ...admin.principal, name: 'oz', role: 'operator' } };
  const key = randomUUID();
  await setHold(operator, say('held', 'case 4711', key));
  await setHold(operator, say('held', 'case 4711', key));
  await expect(setHold(admin, say('held', 'another case'))).rejects.toMatchObject({ code: 'conflict' });
  expect(await holds(admin)).toEqual([{ model: 'held', by: 'oz', reason: 'case 4711', since: expect.any(String) }]);
  expect((await statusOf(database.db, 'held')).held).toMatchObject({ by: 'oz', reason: 'case 4711' });
  expect([await heldNow('held'), await heldNow('other')]).toEqual([true, false]);
  await expect(releaseHold(operator, say('held', 'done'))).rejects.toMatchObject({ code: 'forbidden' });
  await releaseHold(admin, say('held', 'done'));
  await expect(releaseHold(admin, say('held', 'again'))).rejects.toMatchObject({ code: 'conflict' });
  expect(await heldNow('held')).toBe(false);
  const types = await database.db.select({ type: audit.type }).from(audit).where(eq(audit.model, 'held'));
  expect(types.map(({ type }) => type).filter((type) => type.startsWith('perennial.hold'))).toEqual([
    'perennial.hold.set',
    'perennial.hold.released',
  ]);
});

test('a hold needs a reason, a known model and the scope; others are not shown', async () => {
  const team: CommandContext = { ...admin, principal: { ...admin.principal, scope: 'other' } };
  await expect(setHold(admin, say('held', ' '))).rejects.toMatchObject({ code: 'invalid_request', path: 'reason' });
  await expect(setHold(admin, say('nobody', 'x'))).rejects.toMatchObject({ code: 'model_not_found' });
  await expect(setHold(team, say('held', 'x'))).rejects.toMatchObject({ code: 'forbidden' });
  await setHold(admin, say('held', 'case 4712'));
  expect(await holds(team)).toEqual([]);
});

test('a hold waits for a removal that is under way, and the next removal finds it', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  let enter = (): void => undefined;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const removing = withTransaction(database, async (tx) => {
    expect(await isHeld(tx, 'other')).toBe(false);
    enter();
    await gate;
  });
  await entered;
  let isSet = false;
  const setting = setHold(admin, say('other', 'x')).then(() => (isSet = true));
  await until('the hold waits for a lock', async () => {
    const { rows } = await database.pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  expect(isSet).toBe(false);
  release();
  await Promise.all([removing, setting]);
  expect(await heldNow('other')).toBe(true);
});
