import { expect, test } from 'vitest';
import { createOnceADay } from './once-a-day.ts';

const hourMs = 3_600_000;

test('what was done is due again a day later, each key by itself', () => {
  const looks = createOnceADay();
  expect(looks.isDue('a', 0)).toBe(true);
  // What was not done to its end is due at once.
  expect(looks.isDue('a', hourMs)).toBe(true);
  looks.done('a', hourMs);
  expect([looks.isDue('a', 2 * hourMs), looks.isDue('b', 2 * hourMs), looks.isDue('a', 25 * hourMs)]).toEqual([
    false,
    true,
    true,
  ]);
});

test('as many keys are held as there is room for', () => {
  const looks = createOnceADay();
  for (let key = 0; key <= 10_000; key++) looks.done(String(key), 0);
  expect([looks.isDue('9999', 1), looks.isDue('10000', 1)]).toEqual([true, false]);
});
