import { expect, test } from 'vitest';
import { waitAfterNothingMs } from './found-nothing.ts';

test('rows after the first empty training are heard at once, after others ever more seldom, at last once a day', () => {
  expect([0, 1, 2, 3, 4].map(waitAfterNothingMs)).toEqual([0, 0, 60_000, 240_000, 960_000]);
  expect([10, 200, 1e9].map(waitAfterNothingMs)).toEqual([86_400_000, 86_400_000, 86_400_000]);
});
