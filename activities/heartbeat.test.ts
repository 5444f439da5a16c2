import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tellProgress, withHeartbeat } from './heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs `work` as an activity whose earlier attempt said `heartbeatDetails`; `beats` receives what this one says. */
function asActivity<T>(work: () => Promise<T>, beats: unknown[], heartbeatDetails?: unknown): Promise<T> {
  const context = { info: { heartbeatDetails }, heartbeat: (details: unknown) => void beats.push(details) };
  return asyncLocalStorage.run(context as unknown as Context, () => withHeartbeat(work));
}

test('it beats every two seconds while the work goes on, and no more when it has ended', async () => {
  const beats: unknown[] = [];
  let end: (done: string) => void = () => undefined;
  const running = asActivity(() => new Promise<string>((resolve) => (end = resolve)), beats);
  await vi.advanceTimersByTimeAsync(6_500);
  expect(beats).toHaveLength(3);
  end('done');
  expect(await running).toBe('done');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats).toHaveLength(3);
});

test('what fails beats no more', async () => {
  const beats: unknown[] = [];
  await expect(asActivity(() => Promise.reject(new Error('no')), beats)).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats).toEqual([]);
});

test('no beat wipes out how far it has come, and a retry says what the attempt before it had reached', async () => {
  const beats: unknown[] = [];
  void asActivity(
    async () => {
      await new Promise((resolve) => void setTimeout(resolve, 3_000));
      tellProgress('two');
      return new Promise(() => undefined);
    },
    beats,
    'one',
  );
  await vi.advanceTimersByTimeAsync(4_500);
  expect(beats).toEqual(['one', 'two', 'two']);
});
