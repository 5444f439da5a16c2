import { describe, expect, test } from 'vitest';
import { frozenUntil, sayFrozenUntil } from './freeze-window.ts';
import type { FreezeWindow } from '../parts/rollout-spec.ts';

const timeZone = 'Europe/Berlin';
const weekend: readonly FreezeWindow[] = [
  { days: ['fri'], from: '16:00', to: '00:00', timeZone },
  { days: ['sat', 'sun'], from: '00:00', to: '00:00', timeZone },
  { days: ['mon'], from: '00:00', to: '08:00', timeZone },
];
const until = (windows: readonly FreezeWindow[], at: string): string | null => {
  const found = frozenUntil(windows, Date.parse(at));
  return found === null ? null : new Date(found).toISOString();
};

describe('when the freeze windows that hold now are over', () => {
  test.each([
    ['before they begin', '2026-11-27T14:59:59Z', null],
    ['windows that follow each other are one', '2026-11-27T15:00:00Z', '2026-11-30T07:00:00.000Z'],
    ['in the middle of a minute', '2026-11-28T10:00:30Z', '2026-11-30T07:00:00.000Z'],
    ['in the last one', '2026-11-30T06:59:59Z', '2026-11-30T07:00:00.000Z'],
    ['at their end', '2026-11-30T07:00:00Z', null],
    ['an hour later where the clock goes back', '2026-10-24T10:00:00Z', '2026-10-26T07:00:00.000Z'],
    ['an hour sooner where it goes forward', '2026-03-28T10:00:00Z', '2026-03-30T06:00:00.000Z'],
  ])('%s', (_, at, end) => {
    expect(until(weekend, at)).toBe(end);
  });

  test('one that ends on the next day, over a change of the clock and over the end of the week', () => {
    const night: readonly FreezeWindow[] = [{ days: ['sat'], from: '22:00', to: '06:00', timeZone }];
    // 02:30 comes twice in that night; both times it lasts until six.
    expect(until(night, '2026-10-25T00:30:00Z')).toBe('2026-10-25T05:00:00.000Z');
    expect(until(night, '2026-10-25T01:30:00Z')).toBe('2026-10-25T05:00:00.000Z');
    const sunday: readonly FreezeWindow[] = [{ days: ['sun'], from: '22:00', to: '06:00', timeZone: 'UTC' }];
    expect(until(sunday, '2026-11-30T05:00:00Z')).toBe('2026-11-30T06:00:00.000Z');
    expect(until(sunday, '2026-11-29T21:59:00Z')).toBeNull();
  });

  test('of several that overlap, the last one; none at all; and a week without a gap never', () => {
    const all = {
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      from: '00:00',
      to: '00:00',
      timeZone,
    } as const;
    expect(
      until(
        [
          { ...all, from: '10:00', to: '14:00' },
          { ...all, from: '13:00', to: '15:00' },
        ],
        '2026-11-25T11:00:00Z',
      ),
    ).toBe('2026-11-25T14:00:00.000Z');
    expect(frozenUntil([], 0)).toBeNull();
    expect(frozenUntil([all], 0)).toBe(Infinity);
  });

  test('it is said by the clock of the window', () => {
    expect(sayFrozenUntil(weekend, Date.parse('2026-11-30T07:00:00Z'))).toBe(
      'a freeze window, until 2026-11-30 08:00 Europe/Berlin',
    );
  });
});
