import { expect, test } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { settingImportance } from './setting-importance.ts';

const random = createRandom('importance');
const trials = Array.from({ length: 60 }, () => {
  const values = { rate: random.next(), leaves: random.integer(3), idle: random.next() };
  return { values, loss: 3 * (values.rate - 0.3) ** 2 + 0.2 * values.leaves + 0.02 * random.normal() };
});

test('what decides the loss comes first, and what does not explains next to nothing', () => {
  const [first, second, third] = settingImportance(trials);
  expect([first?.name, second?.name, third?.name]).toEqual(['rate', 'leaves', 'idle']);
  expect(first?.share).toBeGreaterThan(0.3);
  expect(third?.share).toBeLessThan(0.15);
});

test('chance alone explains nothing on average, and few or equal trials say nothing', () => {
  const shares = Array.from({ length: 200 }, (_, seed) => {
    const own = createRandom(seed);
    const noise = Array.from({ length: 24 }, () => ({ values: { idle: own.next() }, loss: own.next() }));
    return settingImportance(noise)[0]?.share ?? 0;
  });
  expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeLessThan(0.06);
  expect(settingImportance(trials.slice(0, 11))).toEqual([]);
  expect(settingImportance(trials.map(({ values }) => ({ values, loss: 1 }))).map(({ share }) => share)).toEqual([
    0, 0, 0,
  ]);
});
