import { expect, test, vi } from 'vitest';
import { PerennialError } from '../domain/words/errors.ts';
import { createFailureLimit } from './failure-limit.ts';

const wrong = async (): Promise<never> => {
  throw new PerennialError('unauthenticated', 'This is none.');
};
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'proven',
    (error: unknown) => (error instanceof PerennialError ? error.code : String(error)),
  );

test('of a hundred wrong tokens that come at once, no more cost a query than may fail', async () => {
  const limit = createFailureLimit({ failuresPerMinute: 5 });
  const prove = vi.fn(wrong);
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, i) => outcomeOf(limit.attempt('10.0.0.1', `hash ${i}`, prove))),
  );
  expect(prove).toHaveBeenCalledTimes(5);
  expect(outcomes.filter((code) => code === 'unauthenticated')).toHaveLength(5);
  expect(outcomes.filter((code) => code === 'rate_limited')).toHaveLength(95);
});

test('the same wrong token a hundred times at once counts each time', async () => {
  const limit = createFailureLimit({ failuresPerMinute: 5 });
  const prove = vi.fn(wrong);
  await Promise.all(Array.from({ length: 100 }, () => outcomeOf(limit.attempt('10.0.0.1', 'hash', prove))));
  expect(prove).toHaveBeenCalledTimes(5);
});

test('a right token that comes a hundred times at once is never refused, and takes nothing from others', async () => {
  const limit = createFailureLimit({ failuresPerMinute: 2 });
  const right = async () => 'somebody';
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, () => outcomeOf(limit.attempt('10.0.0.1', 'right', right))),
  );
  expect(new Set(outcomes)).toEqual(new Set(['proven']));
  expect(await outcomeOf(limit.attempt('10.0.0.1', 'other', wrong))).toBe('unauthenticated');
});

test('a database that is away counts against nobody', async () => {
  const limit = createFailureLimit({ failuresPerMinute: 1 });
  const away = async (): Promise<never> => {
    throw new PerennialError('unavailable', 'It does not answer.');
  };
  for (let at = 0; at < 5; at++) expect(await outcomeOf(limit.attempt('10.0.0.1', 'hash', away))).toBe('unavailable');
  expect(await outcomeOf(limit.attempt('10.0.0.1', 'hash', async () => 1))).toBe('proven');
});

test('a token that was good and is revoked counts like any other from then on', async () => {
  const limit = createFailureLimit({ failuresPerMinute: 1 });
  expect(await outcomeOf(limit.attempt('10.0.0.1', 'hash', async () => 1))).toBe('proven');
  expect(await outcomeOf(limit.attempt('10.0.0.1', 'hash', wrong))).toBe('unauthenticated');
  expect(await outcomeOf(limit.attempt('10.0.0.1', 'hash', wrong))).toBe('unauthenticated');
  expect(await outcomeOf(limit.attempt('10.0.0.1', 'hash', wrong))).toBe('rate_limited');
});
