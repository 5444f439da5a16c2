import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { whatComesBack } from './what-comes-back.ts';

const { database } = await openTestDatabase();

/** A model with an entity and eight sources, which is the most. */
function put(name: string): Promise<unknown> {
  const members = Object.fromEntries(
    Array.from('abcdefgh', (member) => [member, { kind: 'file', path: `${member}.csv`, format: 'csv' } as const]),
  );
  const spec = { ...specOf(name), entity: { column: 'who' }, source: { kind: 'union', members } as const };
  return withTransaction(database, (tx) => storeSpec(tx, spec, 'ana'));
}

test('of 200 sources it is told, and that there are more wherever there are', async () => {
  const told = async () => {
    const { sources, isMore } = await whatComesBack(database.db, { scope: 'all', name: '*' });
    return [sources.length, isMore];
  };
  for (let at = 10; at < 35; at++) await put(`m${at}`);
  expect(await told()).toEqual([200, false]);
  await put('z');
  expect(await told()).toEqual([200, true]);
});
