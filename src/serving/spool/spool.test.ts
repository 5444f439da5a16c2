import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PerennialError } from '../../domain/words/errors.ts';
import type { LabelRecord, PredictionRecord, SpoolRecord } from '../../domain/record/records.ts';
import type { Segment } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { salvageSpool } from './salvage-spool.ts';
import { readSegment } from './read-segment.ts';
import { encodeRecord, encodeSegment, parseRecord } from './segment-file.ts';
import { startShipper } from './shipper.ts';
import { createSpool, type Spool } from './spool.ts';
import { timeOrderedId } from '../edge/time-ordered-id.ts';
import { eventually } from '../../../tests/worlds/wait.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dir: string;
let spool: Spool | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(async () => {
  await spool?.close();
  spool = undefined;
  await rm(dir, { recursive: true, force: true });
});

const open = (more: Partial<Parameters<typeof createSpool>[0]> = {}): Spool =>
  (spool = createSpool({ dir, processId: 'p', flushMs: 60_000, log, ...more }));
const label = (labelId: string): SpoolRecord => {
  const record: LabelRecord = {
    labelId,
    model: 'fraud',
    predictionId: 'x',
    entityHash: null,
    isEntityKeyed: true,
    eventTimeMs: null,
    label: 'fine',
    receivedAtMs: 1,
  };
  return { type: 'label', record };
};
const prediction: PredictionRecord = {
  predictionId: 'a',
  model: 'fraud',
  requestedAtMs: 1,
  eventTimeMs: null,
  entityHash: null,
  isEntityKeyed: true,
  bucket: 7,
  arm: 'champion',
  stage: 'steady',
  challengerWeight: 0,
  version: 1,
  correction: 'identity',
  routingRevision: 1,
  specRevision: 1,
  numbers: [0.1, NaN, 1e300],
  texts: ['ü "q" \\ \t\n', null, ''],
  answer: { scores: [0.25, 0.75], decision: 'fraud' },
  otherVersion: null,
  otherAnswer: null,
  failed: false,
  latencyUs: 12,
};

async function segments(): Promise<Segment[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.ready')).toSorted();
  return Promise.all(names.map(async (name) => readSegment(await readFile(join(dir, name), 'utf8')).segment));
}
const labelIds = (all: readonly Segment[]): string[] =>
  all.flatMap((segment) =>
    segment.records.map((entry) => (entry.type === 'label' ? entry.record.labelId : entry.record.predictionId)),
  );

test('records come back exactly as they went in, missing kept apart from empty', async () => {
  open().append([{ type: 'prediction', record: prediction }]);
  await spool?.flushNow();
  expect((await segments())[0]?.records).toEqual([{ type: 'prediction', record: prediction }]);
});

test('a row of an A/B test is read back; one of an arm that nobody knows is corrupt', () => {
  const record = { ...prediction, arm: 'ab-test', otherVersion: 2, otherAnswer: prediction.answer } as const;
  const line = encodeRecord({ type: 'prediction', record });
  expect(parseRecord(line)).toEqual({ type: 'prediction', record });
  expect(() => parseRecord(line.replace('"ab-test"', '"ab"'))).toThrow('arm is none of');
});

test('a flush that was waited for has everything said before it, in the order of the places', async () => {
  const log1 = open();
  const late = log1.reserve();
  log1.append([label('b')]);
  const flushed = log1.flushNow();
  late([label('a')]);
  log1.append([label('c')]);
  await flushed;
  expect(labelIds(await segments())).toEqual(['a', 'b', 'c']);
});

test('many waiters share few files', async () => {
  const log1 = open();
  await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      log1.append([label(String(index))]);
      return log1.flushNow();
    }),
  );
  const all = await segments();
  expect(labelIds(all)).toHaveLength(50);
  expect(all.length).toBeLessThan(5);
});

test('records are on disk after flushMs without being asked for', async () => {
  open({ flushMs: 5 }).append([label('a')]);
  await eventually(async () => expect(labelIds(await segments())).toEqual(['a']));
});

test('after a pause a few writes go to disk at once; what follows waits and shares a file', async () => {
  const log1 = open({ flushMs: 60_000 });
  for (let write = 1; write <= 4; write++) {
    log1.append([label(String(write))]);
    await eventually(async () => expect(await segments()).toHaveLength(write));
  }
  log1.append([label('5')]);
  // Longer than anything is gathered for.
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  log1.append([label('6')]);
  await log1.flushNow();
  expect((await segments()).map((segment) => segment.records.length)).toEqual([1, 1, 1, 1, 2]);
});

test('the shipper takes a file as soon as it is there', async () => {
  const stored: string[] = [];
  const shipper = startShipper({
    dir,
    log,
    intervalMs: 60_000,
    sink: {
      store: (segment) => {
        stored.push(segment.segmentId);
        return Promise.resolve('stored');
      },
    },
  });
  open().append([label('a')]);
  await spool?.flushNow();
  await eventually(() => expect(stored).toHaveLength(1));
  await shipper.stop();
});

test('a disk that refuses fails the waiter and keeps the records', async () => {
  const log1 = open();
  await rm(dir, { recursive: true });
  log1.append([label('a')]);
  await expect(log1.flushNow()).rejects.toMatchObject({ code: 'unavailable' });
  await mkdir(dir);
  await log1.flushNow();
  expect(labelIds(await segments())).toEqual(['a']);
});

test('the end of a process writes what is left', async () => {
  const log1 = open();
  log1.append([label('a')]);
  log1.flushSync();
  expect(labelIds(await segments())).toEqual(['a']);
});

test('a full memory refuses new work', () => {
  const log1 = open({ recordsMax: 1 });
  log1.assertRoom();
  log1.append([label('a'), label('b')]);
  expect(() => log1.assertRoom()).toThrow(PerennialError);
});

test('ids sort by the order in which they were made', () => {
  const ids = Array.from({ length: 10_000 }, () => timeOrderedId(5));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the shipper keeps the order, waits out an absence, and steps over a corrupt file', async () => {
  for (const name of ['1', '3'])
    await writeFile(join(dir, `${name}.ready`), encodeSegment(name, 'p', [encodeRecord(label(name))]));
  await writeFile(join(dir, '2.ready'), encodeSegment('2', 'p', [encodeRecord(label('2'))]).slice(0, -30));
  let away = 2;
  const stored: string[] = [];
  const shipper = startShipper({
    dir,
    log,
    intervalMs: 1,
    sink: {
      store: (segment) => {
        if (away-- > 0) return Promise.reject(new Error('ECONNREFUSED'));
        stored.push(segment.segmentId);
        return Promise.resolve('stored');
      },
    },
  });
  await eventually(async () => expect((await readdir(dir)).toSorted()).toEqual(['2.bad']));
  await shipper.stop();
  expect(stored).toEqual(['1', '3']);
});

test('a segment that the database will never take is set aside', async () => {
  await writeFile(join(dir, '1.ready'), encodeSegment('1', 'p', [encodeRecord(label('1'))]));
  const shipper = startShipper({
    dir,
    log,
    intervalMs: 60_000,
    sink: { store: () => Promise.reject(new PerennialError('invalid_data', 'no')) },
  });
  expect(await shipper.shipOnce()).toBe(true);
  await shipper.stop();
  expect(await readdir(dir)).toEqual(['1.bad']);
});

test('what a killed process left half-written is salvaged up to its last whole line', async () => {
  const whole = encodeSegment('0190', 'dead', [encodeRecord(label('a')), encodeRecord(label('b'))]);
  await writeFile(join(dir, '0190.tmp'), whole.slice(0, whole.indexOf('"labelId":"b"') + 5));
  await writeFile(join(dir, '0191.tmp'), 'fresh');
  await utimes(join(dir, '0190.tmp'), 1, 1);
  expect(await salvageSpool(dir, log)).toBe(1);
  expect(await segments()).toEqual([{ segmentId: '0190', processId: 'dead', records: [label('a')] }]);
  expect((await readdir(dir)).toSorted()).toEqual(['0190.ready', '0191.tmp']);
});
