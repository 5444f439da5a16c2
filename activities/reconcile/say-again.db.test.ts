import { expect, test } from 'vitest';
import { abort } from '../../src/commands/control/abort.ts';
import { approve } from '../../src/commands/control/approve.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { ForgetfulBus, makeStanding, personOn, standing, stateOf } from '../../tests/worlds/delivered-world.ts';
import { RecordingBus } from '../../tests/worlds/recording-bus.ts';
import { sayAgain } from './say-again.ts';

const { database } = await openTestDatabase();

const log = { warn: () => undefined } as unknown as Parameters<typeof sayAgain>[0]['log'];
const later = () => database.pool.query(`update command set created_at = now() - interval '3 minutes'`);

/** A decision that was accepted, and that whoever accepted it has forgotten. */
async function decided(verb: typeof approve): Promise<string> {
  const model = await makeStanding(database);
  await verb(personOn(database, new RecordingBus()), { model, key: null, reason: 'because' });
  return model;
}

test.each([
  ['approve', approve, standing.challenger],
  ['abort', abort, standing.champion],
] as const)('what was accepted and forgotten is said again, and done once: %s', async (_, verb, champion) => {
  const model = await decided(verb);
  const bus = new ForgetfulBus(database);
  expect(await sayAgain({ database, bus, log })).toBe(0);
  await later();
  expect(await sayAgain({ database, bus, log })).toBe(1);
  const after = await stateOf(database, model);
  expect(after).toMatchObject({ routing: { champion: { version: champion }, challenger: null } });
  expect(await sayAgain({ database, bus, log })).toBe(0);
  expect(await stateOf(database, model)).toEqual(after);
});

test('a rollout that cannot be told keeps no other from being told', async () => {
  const [deaf, other] = [await decided(abort), await decided(abort)];
  await later();
  const bus = new ForgetfulBus(database);
  const deliver = bus.deliver.bind(bus);
  bus.deliver = async (given) => {
    if (given.model === deaf) throw new PerennialError('conflict', 'nothing runs there');
    return deliver(given);
  };
  expect(await sayAgain({ database, bus, log })).toBe(1);
  expect(bus.delivered.map(({ model }) => model)).toEqual([other]);
});

test('when Temporal is away, the rest is not tried', async () => {
  for (const verb of [approve, abort]) await decided(verb);
  await later();
  const bus = new RecordingBus();
  let asked = 0;
  bus.deliver = () => {
    asked++;
    throw new PerennialError('unavailable', 'Temporal is away');
  };
  expect(await sayAgain({ database, bus, log })).toBe(0);
  expect(asked).toBe(1);
});
