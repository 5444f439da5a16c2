import { describe, expect, test } from 'vitest';
import { cronSchema, cronTimes } from './spec-cron.ts';

const berlin = (cron: string) => ({ cron, timeZone: 'Europe/Berlin' });
const times = (cron: string, at: string) => {
  const { last, next } = cronTimes(berlin(cron), Date.parse(at));
  const said = (minute: typeof last) => (minute === null ? null : new Date(minute.ms).toISOString().slice(0, 16));
  return [said(last), said(next)];
};

describe('when a schedule comes', () => {
  test('in the clock of its place, summer and winter', () => {
    expect(times('0 3 * * 1', '2026-11-29T12:00Z')).toEqual(['2026-11-23T02:00', '2026-11-30T02:00']);
    expect(times('0 3 * * 1', '2026-07-01T12:00Z')).toEqual(['2026-06-29T01:00', '2026-07-06T01:00']);
  });

  test('a minute that the clock leaves out counts as the first one after the gap', () => {
    // On 2027-03-28 Berlin goes from 02:00 to 03:00.
    expect(times('30 2 * * *', '2027-03-28T00:30Z')).toEqual(['2027-03-27T01:30', '2027-03-28T01:00']);
    expect(times('30 2 * * *', '2027-03-28T12:00Z')).toEqual(['2027-03-28T01:00', '2027-03-29T00:30']);
  });

  test('a minute that the clock has twice comes once', () => {
    // On 2027-10-31 Berlin has the hour from 02:00 to 03:00 twice.
    expect(times('30 2 * * *', '2027-10-31T00:00Z')).toEqual(['2027-10-30T00:30', '2027-10-31T00:30']);
    expect(times('30 2 * * *', '2027-10-31T01:00Z')).toEqual(['2027-10-31T00:30', '2027-11-01T01:30']);
    expect(times('30 2 * * *', '2027-10-31T12:00Z')).toEqual(['2027-10-31T00:30', '2027-11-01T01:30']);
    // One of every hour comes in each of the two.
    expect(times('30 * * * *', '2027-10-31T01:00Z')).toEqual(['2027-10-31T00:30', '2027-10-31T01:30']);
  });

  test('it is said as the clock of its place shows it', () => {
    const { last, next } = cronTimes(berlin('30 2 * * *'), Date.parse('2027-03-28T12:00Z'));
    expect([last?.text, next?.text]).toEqual(['2027-03-28 03:00', '2027-03-29 02:30']);
  });

  test('days that come seldom', () => {
    expect(times('0 0 29 2 *', '2027-10-31T00:00Z')).toEqual(['2024-02-28T23:00', '2028-02-28T23:00']);
  });
});

test.each([
  [berlin('0 3 * * 1'), null],
  [berlin('*/15 8-18 * * MON-FRI'), null],
  [berlin('0 3 * *'), 'cron: "0 3 * *" is no schedule; use five fields, such as "0 3 * * 1" for Mondays at three'],
  [
    berlin('0 0 3 * * 1'),
    'cron: "0 0 3 * * 1" is no schedule; use five fields, such as "0 3 * * 1" for Mondays at three',
  ],
  [
    berlin('61 3 * * 1'),
    'cron: "61 3 * * 1" is no schedule; use five fields, such as "0 3 * * 1" for Mondays at three',
  ],
  [berlin('0 0 30 2 *'), 'cron: "0 0 30 2 *" never comes; use a day that there is'],
  [
    { cron: '0 3 * * 1', timeZone: 'Berlin' },
    "timeZone: \"Berlin\" is no known time zone. Use a name like 'Europe/Berlin' or 'UTC'.",
  ],
])('%j', (schedule, said) => {
  const issue = cronSchema.safeParse(schedule).error?.issues[0];
  expect(issue === undefined ? null : `${issue.path.join('.')}: ${issue.message}`).toBe(said);
});
