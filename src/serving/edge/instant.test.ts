import { expect, test } from 'vitest';
import { parseInstant } from './instant.ts';

test.each([
  ['2026-05-03', Date.UTC(2026, 4, 3)],
  ['2026-05-03T14:03:05.25Z', Date.UTC(2026, 4, 3, 14, 3, 5, 250)],
  ['2026-05-03 14:03:05', Date.UTC(2026, 4, 3, 14, 3, 5)],
  ['2026-05-03T14:03:05.123456789+02:00', Date.UTC(2026, 4, 3, 12, 3, 5, 123)],
  ['2026-05-03T14:03+0200', Date.UTC(2026, 4, 3, 12, 3)],
  [1_777_000_000_000, 1_777_000_000_000],
  ['2026-13-03', null],
  ['May 3, 2026', null],
  ['', null],
  [Infinity, null],
  [9e15, null],
  [true, null],
])('%s is %s', (value, expected) => {
  expect(parseInstant(value)).toBe(expected);
});
