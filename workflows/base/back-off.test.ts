import { expect, test } from 'vitest';
import { backOff, queueChecks } from './back-off.ts';

function during(waits: Iterable<number>, limitMs: number): readonly number[] {
  const taken: number[] = [];
  let passedMs = 0;
  for (const waitMs of waits) {
    passedMs += waitMs;
    if (passedMs > limitMs) break;
    taken.push(waitMs);
  }
  return taken;
}

test('each pause is twice as long as the one before, up to the longest', () => {
  expect(during(backOff(1, 10), 45)).toEqual([1, 2, 4, 8, 10, 10, 10]);
});

test('a queue that nobody serves is asked about within a minute, then hourly at last', () => {
  const hourMs = 3_600_000;
  expect(during(queueChecks(), 60_000)).toEqual([20_000, 40_000]);
  // What a run's history keeps of a wait grows by one question an hour: 11 events of the 50,000 that it may hold.
  expect(during(queueChecks(), 60 * hourMs).length).toBeLessThan(70);
  expect(during(queueChecks(), 24 * 30 * hourMs).length).toBeLessThan(24 * 30 + 10);
});
