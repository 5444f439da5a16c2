import { expect, test } from 'vitest';
import { phaseCount, seasonClock } from './phases.ts';

const at = (text: string) => Date.parse(text);

test('hours and days are those of the clocks of the zone, also when these change', () => {
  const hour = seasonClock({ phases: 'hour-of-day', timeZone: 'Europe/Berlin' });
  expect(hour(at('2026-01-15T08:30:00Z'))).toMatchObject({ phase: 9 });
  expect(hour(at('2026-07-15T08:30:00Z'))).toMatchObject({ phase: 10 });
  // The night in which the clocks go forward has no hour 2.
  expect(hour(at('2026-03-29T00:59:59Z'))).toMatchObject({ phase: 1 });
  expect(hour(at('2026-03-29T01:00:00Z'))).toMatchObject({ phase: 3 });
  const nepal = seasonClock({ phases: 'hour-of-day', timeZone: 'Asia/Kathmandu' });
  expect([nepal(at('2026-01-15T00:14:59Z'))?.phase, nepal(at('2026-01-15T00:15:00Z'))?.phase]).toEqual([5, 6]);
});

test('a week begins with Monday, and turns count whole seasons', () => {
  const day = seasonClock({ phases: 'day-of-week', timeZone: 'UTC' });
  const hour = seasonClock({ phases: 'hour-of-week', timeZone: 'UTC' });
  expect(day(at('2026-11-23T00:00:00Z'))?.phase).toBe(0);
  expect(day(at('2026-11-29T23:59:59Z'))?.phase).toBe(6);
  expect(hour(at('2026-11-29T23:59:59Z'))?.phase).toBe(167);
  const [monday, next] = [day(at('2026-11-23T00:00:00Z')), day(at('2026-11-30T00:00:00Z'))];
  expect((next?.turn ?? 0) - (monday?.turn ?? 0)).toBe(1);
  expect(day(at('2026-11-29T23:59:59Z'))?.turn).toBe(monday?.turn);
  expect([phaseCount('hour-of-day'), phaseCount('day-of-week'), phaseCount('hour-of-week')]).toEqual([24, 7, 168]);
});

test('what is no time has no phase', () => {
  const clock = seasonClock({ phases: 'hour-of-day', timeZone: 'UTC' });
  expect([clock(null), clock(Number.NaN), clock(17), clock(1e15)]).toEqual([null, null, null, null]);
});
