import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ViewBehind } from '../../src/db/feature-views/pushed-views.ts';
import { followViews, usualPauses, type FollowPauses, type FollowSteps, type PushFollower } from './follow-views.ts';

const pauses = { lookMs: 250, shortMs: 10_000, longMs: 60_000, snapshotsPerHour: 60 };
const hourMs = 3_600_000;
const warnings: string[] = [];
const log = { warn: (_: object, text?: string) => void warnings.push(text ?? '') };
const followers: PushFollower[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  warnings.length = 0;
});
afterEach(async () => {
  await Promise.all(followers.splice(0).map((follower) => follower.stop()));
  vi.useRealTimers();
});

function follow(steps: FollowSteps, pace: FollowPauses = pauses): PushFollower {
  const follower = followViews(steps, pace, log);
  followers.push(follower);
  return follower;
}

const behind = (view: string, of: Partial<ViewBehind> = {}): ViewBehind => ({
  view,
  digest: 'd',
  ageMs: null,
  recent: 0,
  ...of,
});

/** Time goes on, and somebody pushes each second. */
async function push(forMs: number, to: readonly PushFollower[]): Promise<void> {
  for (let ms = 0; ms < forMs; ms += 1_000) {
    for (const follower of to) follower.tell();
    // oxlint-disable-next-line no-await-in-loop -- one second after the other
    await vi.advanceTimersByTimeAsync(1_000);
  }
}

/** When snapshots of a view were made to which two workers bring what is pushed, in milliseconds from the first on. */
async function madeIn(forMs: number, pace: FollowPauses): Promise<readonly number[]> {
  const madeMs: number[] = [];
  // As the lease in the database.
  let isHeld = false;
  const steps: FollowSteps = {
    async behind() {
      const nowMs = performance.now();
      const recent = madeMs.filter((ms) => ms > nowMs - hourMs).length;
      return Promise.resolve([behind('cards', { ageMs: nowMs - (madeMs.at(-1) ?? -Infinity), recent })]);
    },
    async bringIn() {
      if (isHeld) return false;
      isHeld = true;
      madeMs.push(performance.now());
      await new Promise((resolve) => setTimeout(resolve, 200));
      isHeld = false;
      return true;
    },
  };
  await push(forMs, [follow(steps, pace), follow(steps, pace)]);
  return madeMs.map((ms) => ms - (madeMs[0] ?? 0));
}

test('pushes without end make sixty snapshots at once, then one in a minute, whoever hears of them', async () => {
  const madeMs = await madeIn(4 * hourMs, usualPauses);
  const within = (fromMs: number, toMs: number): number => madeMs.filter((ms) => ms >= fromMs && ms < toMs).length;
  expect(within(0, 120_000)).toBeGreaterThanOrEqual(60);
  expect(within(hourMs, 4 * hourMs)).toBeLessThanOrEqual(3 * usualPauses.snapshotsPerHour + 1);
  expect(within(hourMs, 4 * hourMs)).toBeGreaterThanOrEqual(2 * usualPauses.snapshotsPerHour);
  const gaps = madeMs.slice(1).map((ms, at) => ms - (madeMs[at] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(usualPauses.shortMs);
});

test('the pace within the bound makes no more snapshots than a slow one but for the first ten minutes', async () => {
  const fast = await madeIn(4 * hourMs, usualPauses);
  const slow = await madeIn(4 * hourMs, { ...usualPauses, shortMs: 10_000 });
  expect(fast.length - slow.length).toBeGreaterThanOrEqual(0);
  expect(fast.length - slow.length).toBeLessThanOrEqual(10);
});

test('however often it hears of pushes, it looks for views a few times a second', async () => {
  let looks = 0;
  const follower = follow({
    async behind() {
      looks++;
      return Promise.resolve([]);
    },
    bringIn: async () => Promise.resolve(true),
  });
  for (let ms = 0; ms < 5_000; ms++) {
    follower.tell();
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(looks).toBeGreaterThanOrEqual(15);
  expect(looks).toBeLessThanOrEqual(1 + 5_000 / pauses.lookMs);
});

test('a view that fails rests twice as long each time, up to a minute, and holds up no other', async () => {
  const asked: string[] = [];
  const failedAtS: number[] = [];
  const startMs = performance.now();
  const follower = follow({
    behind: async () => Promise.resolve([behind('bad'), behind('good')]),
    async bringIn({ view }) {
      asked.push(view);
      if (view === 'bad') failedAtS.push(Math.round((performance.now() - startMs) / 1_000));
      return view === 'bad' ? Promise.reject(new Error('no such column')) : Promise.resolve(true);
    },
  });
  await push(59_000, [follower]);
  expect(asked.filter((view) => view === 'good').length).toBeGreaterThanOrEqual(5);
  await push(241_000, [follower]);
  const rests = failedAtS.slice(1).map((atS, at) => atS - (failedAtS[at] ?? 0));
  // Looks are a quarter of a second apart at least.
  for (const [at, least] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries()) {
    expect(rests[at]).toBeGreaterThanOrEqual(least);
    expect(rests[at]).toBeLessThanOrEqual(least + 1);
  }
  expect(new Set(warnings)).toEqual(new Set(['pushed rows of a view are not brought in']));
});

test('what is left behind is looked for again although nothing more is pushed', async () => {
  let looks = 0;
  follow({
    async behind() {
      looks++;
      return looks === 1 ? Promise.reject(new Error('away')) : Promise.resolve(looks === 2 ? [behind('late')] : []);
    },
    // Another worker is at it.
    bringIn: async () => Promise.resolve(false),
  });
  await vi.advanceTimersByTimeAsync(900);
  expect([looks, warnings]).toEqual([1, ['pushed rows of views cannot be looked for at the moment']]);
  await vi.advanceTimersByTimeAsync(600);
  expect(looks).toBe(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks, 'and then nothing is behind').toBe(3);
  await vi.advanceTimersByTimeAsync(hourMs);
  expect(looks).toBe(3);
});

test('a stop waits for the view that is being brought in, and begins no other', async () => {
  const asked: string[] = [];
  let end: (isDone: boolean) => void = () => undefined;
  const follower = follow({
    behind: async () => Promise.resolve([behind('first'), behind('second')]),
    bringIn({ view }) {
      asked.push(view);
      return new Promise((resolve) => (end = resolve));
    },
  });
  await vi.advanceTimersByTimeAsync(1);
  let isStopped = false;
  const stopped = follower.stop().then(() => (isStopped = true));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(isStopped).toBe(false);
  end(true);
  await stopped;
  expect(asked).toEqual(['first']);
});
