import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { until } from '../../../tests/worlds/wait.ts';
import type { Log } from '../../telemetry/log.ts';
import { createKeptSegments, keptFolder } from '../spool/kept-segments.ts';
import { encodeRecord, encodeSegment } from '../spool/segment-file.ts';
import { startSpoolErasing } from './erase-from-spool.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'erase-from-spool-'));
});
afterAll(() => rm(root, { recursive: true }));

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined } as never;
const gone = 'a'.repeat(32);
const segment = encodeSegment('s1', 'p', [
  encodeRecord(predictionRecord('p1', { entityHash: gone, requestedAtMs: 100 })),
  encodeRecord(labelRecord('l2', { predictionId: 'p2', receivedAtMs: 100 })),
]);

async function world(untilMs: number, { isHalf = false } = {}) {
  const spoolDir = await mkdtemp(path.join(root, 'spool-'));
  const half = path.join(spoolDir, 'dead.tmp');
  if (isHalf) {
    await writeFile(half, 'half');
    await utimes(half, 1, 1);
  }
  const kept = createKeptSegments(spoolDir, { ageMs: 3_600_000, bytesMax: 1_000_000 }, log);
  const state = { looks: 0, failsLeft: 0, seen: [] as string[], acked: [] as number[], canShip: true, shipped: 0 };
  const erasing = startSpoolErasing({
    spoolDir,
    kept,
    log,
    flushMs: 100,
    intervalMs: 5,
    ship: async () => {
      state.shipped += 1;
      if (state.canShip) await kept.keep(segment);
      return state.canShip;
    },
    erasures: {
      see: async (placeId) => void state.seen.push(placeId),
      toAck: async () => {
        state.looks += 1;
        if (state.failsLeft-- > 0) throw new Error('away');
        return state.acked.length > 0 ? [] : [{ erasureId: 'e', names: [['fraud', gone]], untilMs, entity: null }];
      },
      ack: async (_erasureId, _placeId, records) => {
        // Goes on while files are written anew: into another one.
        await kept.keep('next');
        state.acked.push(records);
      },
    },
  });
  const stop = async (): Promise<void> => {
    kept.stop();
    await erasing.stop();
  };
  return { spoolDir, half, state, stop };
}

test('what was shipped just now is written anew too, and what is kept next stands in another file', async () => {
  const { spoolDir, state, stop } = await world(1_000);
  await until('the spool is through', async () => state.acked.length > 0);
  await until('it has looked again', async () => state.looks > 3);
  await stop();
  expect(state.acked).toEqual([1]);
  // One look at who it is: a process that nobody erases from asks no more than it has to.
  expect(state.seen).toHaveLength(1);
  const folder = path.join(spoolDir, keptFolder);
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')));
  expect(texts).toHaveLength(2);
  expect(texts.join('')).toContain('"l2"');
  expect(texts.join('')).not.toContain(gone);
});

test('a spool is not through while something could not be stored', async () => {
  const { state, stop } = await world(1_000);
  state.canShip = false;
  await until('it has tried', async () => state.shipped > 2);
  expect(state.acked).toEqual([]);
  state.canShip = true;
  await until('it is through', async () => state.acked.length > 0);
  await stop();
});

test('nor while what was answered before may be on its way into a file', async () => {
  const young = await world(Date.now() + 3_600_000);
  const cut = await world(1_000, { isHalf: true });
  await until('both have looked', async () => cut.state.looks > 3 && young.state.looks > 3);
  expect([young.state.shipped, cut.state.shipped]).toEqual([0, 0]);
  await rm(cut.half);
  await until('what was half-written is whole', async () => cut.state.acked.length > 0);
  expect(young.state.acked).toEqual([]);
  await Promise.all([cut.stop(), young.stop()]);
});

test('a look that fails is done again', async () => {
  const { state, stop } = await world(1_000);
  state.failsLeft = 2;
  await until('the spool is through', async () => state.acked.length > 0);
  expect(state.looks).toBeGreaterThan(2);
  await stop();
});
