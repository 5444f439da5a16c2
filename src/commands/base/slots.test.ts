import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

test('runs as many at once as it may, hands turns on in order, and refuses beyond its line', async () => {
  const slots = createSlots({ work: 'imports', runningMax: 1, waitingMax: 1, waitMs: 60_000 });
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) =>
    slots.run(() => {
      began.push(name);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    });
  const first = work('first');
  const second = work('second');
  await expect(work('third')).rejects.toMatchObject({ code: 'overloaded', retryable: true });
  expect(began).toEqual(['first']);
  ends[0]?.();
  expect(await first).toBe('first');
  await Promise.resolve();
  expect(began).toEqual(['first', 'second']);
  ends[1]?.();
  expect(await second).toBe('second');
});

test('whoever has waited too long is sent away and leaves the line; work that fails gives its turn back', async () => {
  const slots = createSlots({ work: 'imports', runningMax: 1, waitingMax: 1, waitMs: 1 });
  let end = (): void => undefined;
  const first = slots.run(() => new Promise<never>((_, reject) => (end = () => reject(new Error('no')))));
  await expect(slots.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'overloaded' });
  end();
  await expect(first).rejects.toThrow('no');
  expect(await slots.run(() => Promise.resolve('fine'))).toBe('fine');
});

test('whoever has hung up gives its place in the line away, and does nothing', async () => {
  const slots = createSlots({ work: 'imports', runningMax: 1, waitingMax: 1, waitMs: 60_000 });
  let end = (): void => undefined;
  const first = slots.run(() => new Promise<void>((resolve) => (end = resolve)));
  const asking = new AbortController();
  const second = slots.run(() => Promise.resolve('done'), asking.signal);
  asking.abort();
  await expect(second).rejects.toMatchObject({ code: 'timeout' });
  const third = slots.run(() => Promise.resolve('third'));
  end();
  await first;
  expect(await third).toBe('third');
  await expect(slots.run(() => Promise.resolve('done'), AbortSignal.abort())).rejects.toMatchObject({
    code: 'timeout',
  });
});
