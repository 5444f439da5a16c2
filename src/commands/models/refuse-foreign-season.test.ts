import { expect, test } from 'vitest';
import { PerennialError } from '../../domain/words/errors.ts';
import { refuseForeignSeason } from './refuse-foreign-season.ts';
import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';

test.each([
  [{ season: { phases: 'hour-of-day', timeZone: 'UTC' } }, 'signature.season', 'A season needs the time of each row.'],
  [
    { eventTime: 'at', season: { phases: 'hour-of-day', timeZone: 'Berlin' } },
    'signature.season.timeZone',
    '"Berlin" is no known time zone.',
  ],
] satisfies [ForeignSignature, string, string][])('%j is refused in one sentence', (signature, path, message) => {
  const refused = () => refuseForeignSeason(signature);
  expect(refused).toThrow(PerennialError);
  expect(refused).toThrow(expect.objectContaining({ path, message }));
});

test('what can be followed, and no season at all, are taken', () => {
  expect(() =>
    refuseForeignSeason({ eventTime: 'at', season: { phases: 'day-of-week', timeZone: 'UTC' } }),
  ).not.toThrow();
  expect(() => refuseForeignSeason({})).not.toThrow();
});
