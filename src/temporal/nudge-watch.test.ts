import { expect, test } from 'vitest';
import { createWatchNudge } from './nudge-watch.ts';

const told = (hash: number): string => JSON.stringify({ model: 'm', window: 1, hash });

test('a closed window wakes its shard and no other; a lost connection wakes all', () => {
  const woken: number[] = [];
  const watch = createWatchNudge(
    4,
    (shard) => {
      woken.push(shard);
      return new Promise(() => undefined);
    },
    () => undefined,
    1_000,
  );
  watch.nudge(told(6));
  watch.nudge(told(6));
  expect(woken).toEqual([2]);
  watch.nudge('');
  expect(woken).toEqual([2, 0, 1, 3]);
  watch.stop();
});

test('what comes during a tick becomes one more, and a burst is spread out', async () => {
  let ticks = 0;
  let finish: () => void = () => undefined;
  const watch = createWatchNudge(
    1,
    () => {
      ticks++;
      return new Promise<void>((resolve) => (finish = resolve));
    },
    () => undefined,
    3_600_000,
  );
  for (let expected = 1; expected <= 4; expected++) {
    watch.nudge(told(0));
    watch.nudge(told(0));
    // oxlint-disable-next-line no-await-in-loop -- one tick after the other
    await expect.poll(() => ticks).toBe(expected);
    watch.nudge(told(0));
    finish();
  }
  // The fifth waits for its time, which is an hour from now.
  await new Promise((resolve) => void setImmediate(resolve));
  expect(ticks).toBe(4);
  watch.stop();
});

test('a tick that fails is told, and the next nudge ticks again', async () => {
  const failures: unknown[] = [];
  const watch = createWatchNudge(
    1,
    () => Promise.reject(new Error('away')),
    (error) => failures.push(error),
    1_000,
  );
  watch.nudge('no json');
  await expect.poll(() => failures.length).toBe(1);
  watch.nudge('');
  await expect.poll(() => failures.length).toBe(2);
  watch.stop();
});

test('what is asked for while a tick waits for its time is ticked then, unless it is stopped meanwhile', async () => {
  const everyMs = 100;
  const busy = () => {
    let ticks = 0;
    const watch = createWatchNudge(
      1,
      () => {
        ticks++;
        watch.nudge(told(0));
        return Promise.resolve();
      },
      () => undefined,
      everyMs,
    );
    watch.nudge(told(0));
    return { stop: watch.stop, ticked: () => ticks };
  };
  const stopped = busy();
  await new Promise((resolve) => void setImmediate(resolve));
  stopped.stop();
  const ticked = stopped.ticked();
  // It began later, and so do its waits.
  const other = busy();
  await expect.poll(other.ticked).toBeGreaterThan(ticked + 1);
  other.stop();
  expect(stopped.ticked()).toBe(ticked);
});
