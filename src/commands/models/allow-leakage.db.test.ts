import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { personOn } from '../../../tests/worlds/delivered-world.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { command } from '../../db/schema/index.ts';
import { allowLeakage, leakageAllowances, revokeLeakage } from './allow-leakage.ts';

const { database } = await openTestDatabase();
const person = personOn(database, new RecordingBus());
const say = (suspicion: string, key: string | null = null) => ({ model: 'shop', suspicion, key, reason: 'because' });
const standing = async () => (await leakageAllowances(person, 'shop')).map(({ suspicion }) => suspicion);
await withTransaction(database, (tx) => storeSpec(tx, specOf('shop'), 'ana'));

test('a suspicion is revoked by the whole of its name', async () => {
  await allowLeakage(person, say('amount:id'));
  await expect(revokeLeakage(person, say('amount'))).rejects.toMatchObject({
    code: 'invalid_request',
    path: 'suspicion',
  });
  expect(await standing()).toEqual(['amount:id']);
  await expect(revokeLeakage(person, say('gone:id'))).rejects.toMatchObject({ code: 'conflict' });
  await revokeLeakage(person, say('amount:id'));
  expect(await standing()).toEqual([]);
});

test('the answer of an allowance that was given is given again, whatever the definition says by then', async () => {
  const key = randomUUID();
  const first = await allowLeakage(person, say('amount:id', key));
  await database.db.update(command).set({ status: 'accepted', answer: null }).where(eq(command.commandId, key));
  const other = { ...specOf('shop'), features: [{ kind: 'number', name: 'items', missing: 'refuse' } as const] };
  await withTransaction(database, (tx) => storeSpec(tx, other, 'ana'));
  expect(await allowLeakage(person, say('amount:id', key))).toEqual(first);
  await expect(allowLeakage(person, say('amount:target-copy'))).rejects.toMatchObject({ code: 'invalid_request' });
  expect(await standing()).toEqual(['amount:id']);
});
