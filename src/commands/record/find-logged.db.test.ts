import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bareHashOf, entitiesUnder, keyedHashOf, markBare, testEntities } from '../../../tests/worlds/entity-names.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { predictionRecord, proxyRecord } from '../../../tests/worlds/spool-records.ts';
import { silentBus } from '../../../tests/worlds/silent-bus.ts';
import type { CommandContext } from '../base/context.ts';
import { findLogged, type LogPlaces } from './find-logged.ts';

let world: ServingWorld;
let context: CommandContext;
let places: LogPlaces;

beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
  context = {
    database: world.database,
    bus: silentBus(),
    principal: { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' },
  };
  places = { store: world.artifacts, entities: testEntities };
});
afterAll(() => world.close());

const store = (id: string, entityHash: string) =>
  world.sink.store({ segmentId: id, processId: 'p', records: [predictionRecord(id, { entityHash })] });
const idsOf = async (entity: string, by: LogPlaces = places) =>
  (await findLogged(context, 'fraud', { entity, limit: 9 }, by)).map(({ predictionId }) => predictionId);

test('an entity is found under the key; under its bare hash only where bare hashes were ever stored', async () => {
  await store('old', bareHashOf('c1'));
  await store('of-another', bareHashOf('c2'));
  expect(await idsOf('c1')).toEqual([]);
  await markBare(world.database.pool);
  await store('new', keyedHashOf('c1'));
  expect(await idsOf('c1')).toEqual(['new', 'old']);
  expect(await idsOf('c3')).toEqual([]);
});

test('without a key, or with another one, the answer is a sentence and not that there is nothing', async () => {
  await expect(idsOf('c1', { store: world.artifacts })).rejects.toMatchObject({ code: 'unavailable' });
  await expect(idsOf('c1', { ...places, entities: entitiesUnder('another') })).rejects.toMatchObject({
    code: 'configuration',
  });
  expect(await findLogged(context, 'fraud', { id: 'new', limit: 9 }, { store: world.artifacts })).toHaveLength(1);
});

test('what stood in for its label is shown with it', async () => {
  await world.sink.store({ segmentId: 'proxied', processId: 'p', records: [proxyRecord('new', 0.5)] });
  const [found] = await findLogged(context, 'fraud', { id: 'new', limit: 9 }, places);
  expect(found?.proxies).toEqual([
    { name: 'call', value: 0.5, receivedAt: new Date(1_777_000_000_000).toISOString(), knownWindow: 1 },
  ]);
  expect((await findLogged(context, 'fraud', { id: 'old', limit: 9 }, places))[0]?.proxies).toEqual([]);
});
