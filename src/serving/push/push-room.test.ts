import { mkdtemp, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PerennialError } from '../../domain/words/errors.ts';
import { createPushRoom, type PushRoom } from './push-room.ts';
import { eventually } from '../../../tests/worlds/wait.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dir: string;
let room: PushRoom;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'room-'));
});
afterEach(async () => {
  room.close();
  await rm(dir, { recursive: true, force: true });
});

const kib = 1_024;

/** As the spool does it: under its name a file is whole. */
async function put(name: string, bytes = 1, secondsAgo = 0): Promise<void> {
  const writing = join(dir, `${name}.tmp`);
  await writeFile(writing, Buffer.alloc(bytes));
  const at = Date.now() / 1_000 - secondsAgo;
  await utimes(writing, at, at);
  await rename(writing, join(dir, `${name}.ready`));
}

function refused(): PerennialError | null {
  try {
    room.assert();
    return null;
  } catch (error) {
    if (error instanceof PerennialError) return error;
    throw error;
  }
}

test('what was written counts at once, and as the disk counts it', async () => {
  room = createPushRoom(dir, { bytesMax: 64 * kib, measureEveryMs: 3_600_000 }, log);
  for (let file = 0; file < 15; file++) room.add(1);
  expect(refused()).toBeNull();
  room.add(1);
  // Nothing has been stored yet, so nobody knows when there is room.
  expect(refused()).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 30 });
  expect(refused()?.message).toBe('Pushed rows wait for the database: 66 kB wait, of at most 66 kB.');
});

test('files of other processes count too', async () => {
  room = createPushRoom(dir, { bytesMax: 8 * kib, measureEveryMs: 5 }, log);
  for (const name of ['a', 'b']) await put(name);
  await eventually(() => expect(refused()).toMatchObject({ code: 'rate_limited' }));
});

test('how long it takes until there is room is said by how fast files go', async () => {
  room = createPushRoom(dir, { bytesMax: 4_000 * kib, measureEveryMs: 5 }, log);
  for (const name of ['a', 'b', 'c', 'd', 'e']) await put(name, 1_000 * kib);
  await eventually(() => expect(room.waiting().bytes).toBe(5_000 * kib));
  expect(refused()).toMatchObject({ retryAfterSeconds: 30 });
  await unlink(join(dir, 'a.ready'));
  await eventually(() => expect(room.waiting().bytes).toBe(4_000 * kib));
  // A thousand have gone within the seconds of this test: the four hundred that are too many take less than those.
  const seconds = refused()?.retryAfterSeconds ?? 0;
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThan(30);
  await unlink(join(dir, 'b.ready'));
  await eventually(() => expect(refused()).toBeNull());
});

test('a file that has waited for too long refuses others, however few there are', async () => {
  room = createPushRoom(dir, { ageMsMax: 7_200_000, measureEveryMs: 5 }, log);
  await put('a', 1, 10_800);
  await eventually(() =>
    expect(refused()?.message).toBe('Pushed rows wait for the database: the oldest has waited for 3 hours.'),
  );
  await unlink(join(dir, 'a.ready'));
  await eventually(() => expect(refused()).toBeNull());
});
