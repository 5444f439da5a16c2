import { afterAll, beforeAll, expect, test } from 'vitest';
import { followPushes } from '../../../activities/online/follow-pushes.ts';
import type { PushFollower } from '../../../activities/online/follow-views.ts';
import { folder } from '../../../src/sdk/index.ts';
import { cardRow as rowOf, cards, createCardsWorld, type CardsWorld } from '../../worlds/cards-world.ts';
import { eventually } from '../../worlds/wait.ts';

/** The real program, against a Postgres that can be cut off, and the worker's part that brings pushed rows in. */
let world: CardsWorld;
let follower: PushFollower;

beforeAll(async () => {
  world = await createCardsWorld();
  await world.apply({ ...cards, name: 'cards.filed', source: folder('cards', { format: 'csv' }) });
  await world.start({ PERENNIAL_PUSH_SPOOL_MIB: '1' });
  follower = followPushes(world.follow, { lookMs: 0, shortMs: 0, longMs: 0, snapshotsPerHour: 60 });
});
afterAll(async () => {
  await follower.stop();
  await world.close();
});

async function broughtIn(card: string, amounts: readonly number[]): Promise<void> {
  await eventually(async () => {
    follower.tell();
    expect(await world.history(card)).toEqual(amounts);
    const sum = amounts.reduce((total, amount) => total + amount, 0);
    expect(await world.online(card)).toMatchObject({ payments1d: amounts.length, spend1d: sum });
  });
}

test('rows of a view are judged one by one, and are in the history and in what is served', async () => {
  const rows = [rowOf('a', 1, 5), { ...rowOf('', 2, 6), card: null }, rowOf('a', 3, 7), { card: 'a', at: 'never' }];
  const said = await world.pushTo('cards', 'first', rows);
  expect(said).toMatchObject({
    status: 202,
    body: {
      view: 'cards',
      specRevision: 1,
      accepted: 2,
      quarantined: 2,
      rows: [{ verdict: 'accepted' }, { rules: ['card.missing'] }, { verdict: 'accepted' }, { verdict: 'quarantined' }],
    },
  });
  await broughtIn('a', [5, 7]);
  expect(await world.online('a')).toMatchObject({ limit: 3 });
  expect(await world.pushTo('cards', 'first', rows), 'sent again').toEqual(said);
  expect(await world.pushTo('cards', 'first', rows.slice(1))).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
});

test('who may push is declared, and what takes no rows says so', async () => {
  const row = [rowOf('x', 1, 1)];
  expect(await world.pushTo('cards', 'k', row, world.tokens.predictor)).toMatchObject({ status: 403 });
  expect(await world.pushTo('cards', 'k', row, world.world.tokens.writer), 'out of scope').toMatchObject({
    status: 403,
  });
  expect(await world.pushTo('cards', 'k', row, 'nobody')).toMatchObject({ status: 401 });
  expect(await world.pushTo('cards', null, row)).toMatchObject({ status: 400 });
  expect(await world.pushTo('cards.none', 'k', row)).toMatchObject({
    status: 404,
    body: { detail: 'No feature view is named "cards.none".' },
  });
  expect(await world.pushTo('cards.filed', 'k', row)).toMatchObject({
    status: 422,
    body: { detail: 'View cards.filed takes no pushed rows: its source is of another kind.' },
  });
  expect(await world.online('x')).toMatchObject({ payments1d: 0 });
});

test('killed between the answer and the store, every row that was taken is in both, once', async () => {
  world.gate.shut();
  const taken: number[] = [];
  for (let at = 0; at < 12; at++) {
    const amounts = [2 * at + 1, 2 * at + 2];
    const reply = await world.pushTo(
      'cards',
      `away-${at}`,
      amounts.map((amount) => rowOf('killed', 10 + at, amount)),
    );
    expect(reply, 'the definition that was known last counts').toMatchObject({ status: 202 });
    taken.push(...amounts);
  }
  expect(await world.waiting()).toHaveLength(12);
  await world.kill();
  expect(await world.waiting(), 'all of it is on disk').toHaveLength(12);
  world.gate.open();
  await world.start({ PERENNIAL_PUSH_SPOOL_MIB: '1' });
  // A program that did not hear the answer sends its rows again.
  expect(await world.pushTo('cards', 'away-3', [rowOf('killed', 13, 7), rowOf('killed', 13, 8)])).toMatchObject({
    status: 202,
    body: { accepted: 2 },
  });
  await broughtIn('killed', taken);
  expect(await world.waiting()).toEqual([]);
});

test('with too much waiting the caller is told when to come again, and each row taken counts once', async () => {
  // What waited before may still count for a moment.
  await eventually(async () =>
    expect(await world.pushTo('cards', 'empty', [rowOf('full', 1, 1)])).toMatchObject({ status: 202 }),
  );
  world.gate.shut();
  const padding = 'x'.repeat(250_000);
  const taken = [1];
  const refused = await eventually(async () => {
    const amount = taken.length + 1;
    const reply = await world.pushTo('cards', `full-${amount}`, [{ ...rowOf('full', 1, amount), padding }]);
    if (reply.status === 202) taken.push(amount);
    expect(reply.status).toBe(429);
    return reply;
  });
  expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(1);
  expect(refused.body).toMatchObject({
    code: 'rate_limited',
    detail: expect.stringContaining('wait for the database'),
  });
  expect(taken.length).toBeGreaterThanOrEqual(4);
  world.gate.open();
  // The request that was refused goes in under the key that it had.
  const again = taken.length + 1;
  await eventually(async () =>
    expect(await world.pushTo('cards', `full-${again}`, [{ ...rowOf('full', 1, again), padding }])).toMatchObject({
      status: 202,
    }),
  );
  await broughtIn('full', [...taken, again]);
});
