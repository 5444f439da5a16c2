import { afterAll, beforeAll, expect, test } from 'vitest';
import { askErasure } from '../../../../tests/worlds/erasure-world.ts';
import { createServingWorld, type ServingWorld } from '../../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord, proxyRecord } from '../../../../tests/worlds/spool-records.ts';
import type { SpoolRecord } from '../../../domain/record/records.ts';
import { withoutErased } from './without-erased.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
});
afterAll(() => world.close());

const [gone, stays] = ['a'.repeat(32), 'b'.repeat(32)];
const records: readonly SpoolRecord[] = [
  ...Array.from({ length: 50 }, (_, row) => predictionRecord(`p${row}`, { entityHash: stays })),
  predictionRecord('x', { entityHash: gone, requestedAtMs: 1 }),
  labelRecord('x', { predictionId: 'x' }),
];

/** What is left of the records of each model, and the values of each statement. */
async function left(models: readonly (readonly [string, readonly SpoolRecord[]])[]) {
  const client = await world.database.pool.connect();
  const values: unknown[] = [];
  const counting = {
    query: (text: string, asked: unknown[]) => {
      values.push(asked);
      return client.query(text, asked);
    },
  };
  try {
    const all = await withoutErased(counting as never, models);
    return { counts: all.map(([, of]) => of.length), values };
  } finally {
    client.release();
  }
}

test('who never erased sends no name of a record, and without entities asks nothing', async () => {
  expect(await left([['fraud', records]])).toEqual({ counts: [52], values: [[['fraud']]] });
  expect(await left([['fraud', [proxyRecord('p1', 1)]]])).toEqual({ counts: [1], values: [] });
});

test('who erased sends each name of that model once', async () => {
  await askErasure({ database: world.database }, { entity: 'e', names: [{ model: 'fraud', entityHash: gone }] });
  const other = [predictionRecord('o', { entityHash: gone, requestedAtMs: 1 })];
  expect(
    await left([
      ['fraud', records],
      ['other', other],
    ]),
  ).toEqual({
    counts: [50, 1],
    values: [
      [['fraud', 'other']],
      [
        ['fraud', 'fraud'],
        [stays, gone],
      ],
    ],
  });
});
