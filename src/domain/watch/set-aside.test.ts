import { expect, test } from 'vitest';
import { waitMsOf } from './set-aside.ts';

test('the first window of a model is tried again after half a minute, then ever later, at least once an hour', () => {
  const waits = [1, 2, 3, 7, 8, 1_000].map((attempts) => waitMsOf(attempts, true));
  expect(waits).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000]);
});

test('the windows behind it wait for it', () => {
  expect(waitMsOf(1, false)).toBe(86_400_000);
});
