import { expect, test } from 'vitest';
import { afterAll, dueBefore, isScrubLate } from './scrub.ts';

const dayMs = 86_400_000;
const from = { startedAtMs: 5_000 };

test('what is due grows evenly with time, and is everything when the period is over', () => {
  expect(dueBefore(from, 30 * dayMs, 5_000)).toBe('00000000');
  expect(dueBefore(from, 30 * dayMs, 4_000)).toBe('00000000');
  expect(dueBefore(from, 30 * dayMs, 5_000 + 15 * dayMs)).toBe('80000000');
  expect(dueBefore(from, 30 * dayMs, 5_000 + 30 * dayMs - 1) < afterAll).toBe(true);
  expect(dueBefore(from, 30 * dayMs, 5_000 + 30 * dayMs)).toBe(afterAll);
  expect('f'.repeat(64) < afterAll).toBe(true);
});

test('a round is late when it should have ended a tenth of its period ago', () => {
  expect(isScrubLate(from, 30 * dayMs, 5_000 + 32 * dayMs)).toBe(false);
  expect(isScrubLate(from, 30 * dayMs, 5_000 + 34 * dayMs)).toBe(true);
});
