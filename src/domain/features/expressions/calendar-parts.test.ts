import { expect, test } from 'vitest';
import { calendarParts, instantMsMax } from './calendar-parts.ts';

test('the calendar is that of JavaScript, from its first day to its last', () => {
  const step = 86_400_000 * 17_389.37;
  const instants = Array.from({ length: 11_500 }, (_, i) => Math.floor(-instantMsMax + i * step));
  const nearby = Array.from({ length: 3_000 }, (_, day) => (day - 1_500) * 86_400_000 - 1);
  for (const ms of [...instants, ...nearby, -instantMsMax, instantMsMax]) {
    const date = new Date(ms);
    expect(calendarParts(ms)).toEqual({
      hour: date.getUTCHours(),
      weekday: date.getUTCDay(),
      dayOfMonth: date.getUTCDate(),
      month: date.getUTCMonth() + 1,
    });
  }
  expect(calendarParts(instantMsMax + 1)).toEqual({ hour: NaN, weekday: NaN, dayOfMonth: NaN, month: NaN });
});
