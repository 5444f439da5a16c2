import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { beforeEach, expect, test, vi } from 'vitest';
import { PerennialError } from '../src/domain/words/errors.ts';
import { guarded, type Endurance } from './guarded.ts';

const patient: Endurance = { absence: 'retried', patienceMs: 1_000 };
const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const sleep = vi.fn(async () => undefined);
beforeEach(() => sleep.mockClear());

/** What comes of the verb in an activity that was asked for `ageMs` ago. */
async function failureOf(verb: (input: never) => Promise<unknown>, endurance: Endurance, ageMs = 0): Promise<unknown> {
  const context = {
    info: { scheduledTimestampMs: Date.now() - ageMs, startToCloseTimeoutMs: 30_000 },
    heartbeat: () => undefined,
    log: { warn: () => undefined },
    sleep,
  };
  try {
    return await asyncLocalStorage.run(context as unknown as Context, () =>
      guarded(verb, endurance)(undefined as never),
    );
  } catch (error) {
    return error;
  }
}

const failing = (error: Error) => async () => {
  throw error;
};

test('an absence of Postgres is tried again without end, any other reason only for a while', async () => {
  expect(await failureOf(failing(away()), patient, 86_400_000)).toMatchObject({ nonRetryable: false });
  expect(await failureOf(failing(new Error('odd')), patient, 500)).toMatchObject({ nonRetryable: false });
  expect(await failureOf(failing(new Error('odd')), patient, 2_000)).toMatchObject({ nonRetryable: true });
  expect(await failureOf(failing(new Error('odd')), { absence: 'endless' }, 2_000)).toMatchObject({
    nonRetryable: false,
  });
});

test('what no retry can help fails at once, with its code', async () => {
  const error = new PerennialError('version_not_found', 'm has no version 9');
  expect(await failureOf(failing(error), patient)).toMatchObject({ type: 'version_not_found', nonRetryable: true });
});

test('work whose attempts are counted stays where it is until Postgres is back', async () => {
  let times = 0;
  const verb = async () => {
    times += 1;
    if (times < 4) throw away();
    return 'done';
  };
  expect(await failureOf(verb, { absence: 'stays' })).toBe('done');
  expect(sleep).toHaveBeenCalledTimes(3);
});
