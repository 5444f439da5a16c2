import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FromPrimary, FromWorker } from './cluster-messages.ts';
import { createSpareWorker } from './spare-worker.ts';
import { pulseLimits } from './watch-pulse.ts';
import { followWorker } from './worker-handle.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A worker as the primary sees it; `isStuck` is one whose event loop no longer turns. */
function fakeWorker() {
  const events = new EventEmitter();
  const told: FromPrimary[] = [];
  const signals: string[] = [];
  const state = { isStuck: false };
  const say = (message: FromWorker): unknown => events.emit('message', message);
  const worker = Object.assign(events, {
    process: {
      pid: 1,
      kill(signal: string) {
        signals.push(signal);
        events.emit('exit', null, signal);
      },
    },
    isConnected: () => true,
    send(message: FromPrimary) {
      told.push(message);
      if (message.say === 'ping' && !state.isStuck) say({ say: 'pong' });
    },
  });
  return { worker: worker as unknown as Worker, told, signals, state, say };
}

const follow = (fake: ReturnType<typeof fakeWorker>) =>
  followWorker({ worker: fake.worker, hasGreeted: true }, { processId: 'p', excluded: [] }, 60_000);
const silenceMs = pulseLimits.everyMs * (pulseLimits.unansweredMax + 2);

test('a worker that answers is left alone; one whose model is stuck is killed and counts as crashed', async () => {
  const fake = fakeWorker();
  const handle = follow(fake);
  fake.say({ say: 'ready', port: 1, loaded: ['m@1@digest'], failed: [] });
  await handle.started;
  vi.advanceTimersByTime(silenceMs * 10);
  expect(fake.signals).toEqual([]);
  fake.state.isStuck = true;
  vi.advanceTimersByTime(silenceMs);
  expect(fake.signals).toEqual(['SIGKILL']);
  expect((await handle.ended).hasCrashed).toBe(true);
  expect((await handle.ended).how).toContain('gave no sign of life');
  expect(handle.hasEnded).toBe(true);
});

test('a worker that loads or drains is not asked', async () => {
  const fake = fakeWorker();
  const handle = follow(fake);
  fake.say({ say: 'loading', key: 'm@1@digest' });
  fake.state.isStuck = true;
  const asked = fake.told.length;
  vi.advanceTimersByTime(silenceMs);
  fake.say({ say: 'ready', port: 1, loaded: [], failed: [] });
  void handle.retire(3_600_000);
  vi.advanceTimersByTime(silenceMs);
  expect(fake.told.slice(asked).map(({ say }) => say)).toEqual(['retire']);
  expect(fake.signals).toEqual([]);
});

test('one that hangs before it loads is killed, so that nobody waits for it for ever', async () => {
  const greeted = fakeWorker();
  greeted.state.isStuck = true;
  const handle = follow(greeted);
  vi.advanceTimersByTime(silenceMs);
  expect(await handle.started).toContain('no sign of life');
  const mute = fakeWorker();
  const other = followWorker({ worker: mute.worker, hasGreeted: false }, { processId: 'p', excluded: [] }, 60_000);
  vi.advanceTimersByTime(60_000);
  expect(mute.signals).toEqual(['SIGKILL']);
  expect(await other.started).toContain('60000 ms');
});

test('a spare is warmed as soon as it has loaded its code, and a worker that is needed at once is not', () => {
  const fake = fakeWorker();
  const spare = createSpareWorker(() => fake.worker);
  spare.prepare();
  expect(fake.told).toEqual([]);
  fake.say({ say: 'hello' });
  expect(fake.told).toEqual([{ say: 'warm' }]);
  const needed = fakeWorker();
  const none = createSpareWorker(() => needed.worker);
  none.prepare();
  followWorker(none.take(), { processId: 'p', excluded: [] }, 60_000);
  needed.say({ say: 'hello' });
  expect(needed.told.map(({ say }) => say)).toEqual(['start']);
});

test('a spare that hangs is replaced before anybody is handed it', () => {
  const forked = [fakeWorker(), fakeWorker()] as const;
  const queue = forked.map(({ worker }) => worker).values();
  const spare = createSpareWorker(() => queue.next().value ?? forked[1].worker);
  spare.prepare();
  forked[0].say({ say: 'hello' });
  vi.advanceTimersByTime(silenceMs);
  expect(forked[0].signals).toEqual([]);
  forked[0].state.isStuck = true;
  vi.advanceTimersByTime(silenceMs);
  expect(forked[0].signals).toEqual(['SIGKILL']);
  expect(spare.take().worker).toBe(forked[1].worker);
});
