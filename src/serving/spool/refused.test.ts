import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SpoolRecord } from '../../domain/record/records.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Segment, SegmentSink } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Refused } from './read-segment.ts';
import { encodeRecord, encodeSegment } from './segment-file.ts';
import { startShipper } from './shipper.ts';
import { boundRefused } from './write-refused.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'refused-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const label = (labelId: string, model = 'fraud'): SpoolRecord => ({
  type: 'label',
  record: {
    labelId,
    model,
    predictionId: 'x',
    entityHash: null,
    isEntityKeyed: true,
    eventTimeMs: null,
    label: 'fine',
    receivedAtMs: 1,
  },
});
const idOf = (entry: SpoolRecord): string =>
  entry.type === 'label' ? entry.record.labelId : entry.record.predictionId;

/** Takes a segment as a whole or not at all, once per id, like the database. */
function sinkRefusing(refused: (id: string) => boolean): SegmentSink & { readonly ids: string[]; fails: number } {
  const known = new Set<string>();
  const sink = {
    ids: [] as string[],
    fails: 0,
    async store({ segmentId, records }: Segment) {
      if (sink.fails-- > 0) throw new Error('ECONNREFUSED');
      if (known.has(segmentId)) return 'already' as const;
      const ids = records.map(idOf);
      if (ids.some(refused)) throw new PerennialError('invalid_data', 'out of range');
      known.add(segmentId);
      sink.ids.push(...ids);
      return 'stored' as const;
    },
  };
  return sink;
}

const write = (name: string, lines: readonly string[]) =>
  writeFile(join(dir, `${name}.ready`), encodeSegment(name, 'p', lines));
async function ship(sink: SegmentSink, onRefused?: (refused: readonly Refused[]) => Promise<void>): Promise<boolean> {
  const shipper = startShipper({
    dir,
    sink,
    log,
    intervalMs: 60_000,
    ...(onRefused === undefined ? {} : { onRefused }),
  });
  const isDone = await shipper.shipOnce();
  await shipper.stop();
  return isDone;
}
const badLines = async (name: string): Promise<{ reason: string; line: string }[]> =>
  (await readFile(join(dir, `${name}.bad`), 'utf8'))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as { reason: string; line: string });

test('one refused record is kept aside with its reason, the rest is stored, model by model and in order', async () => {
  const records = Array.from({ length: 100 }, (_, i) => label(String(i), i % 2 === 0 ? 'even' : 'odd'));
  await write('1', records.map(encodeRecord));
  const sink = sinkRefusing((id) => id === '7' || id === '42');
  const told: Refused[] = [];
  expect(await ship(sink, (refused) => Promise.resolve(void told.push(...refused)))).toBe(true);
  const stored = records.map(idOf).filter((id) => id !== '7' && id !== '42');
  const ofModel = (ids: readonly string[], rest: number) => ids.filter((id) => Number(id) % 2 === rest);
  for (const rest of [0, 1]) expect(ofModel(sink.ids, rest)).toEqual(ofModel(stored, rest));
  expect(await readdir(dir)).toEqual(['1.bad']);
  expect((await badLines('1')).map(({ reason, line }) => [reason, idOf(JSON.parse(line) as SpoolRecord)])).toEqual([
    ['invalid_data: out of range', '42'],
    ['invalid_data: out of range', '7'],
  ]);
  expect(told.map(({ model }) => model)).toEqual(['even', 'odd']);
});

test('a line that is no record is kept aside, and the lines around it are stored', async () => {
  await write('1', [encodeRecord(label('a')), '{"type":"label","record":{}}', 'no json', encodeRecord(label('b'))]);
  const sink = sinkRefusing(() => false);
  expect(await ship(sink)).toBe(true);
  expect(sink.ids).toEqual(['a', 'b']);
  expect((await badLines('1')).map(({ line }) => line)).toEqual(['{"type":"label","record":{}}', 'no json']);
});

test('a segment that was cut behind a whole line says so; a file that is none goes aside whole', async () => {
  const whole = encodeSegment('1', 'p', [encodeRecord(label('a')), encodeRecord(label('b'))]);
  await writeFile(join(dir, '1.ready'), `${whole.split('\n').slice(0, 2).join('\n')}\n`);
  await writeFile(join(dir, '2.ready'), 'something else');
  const sink = sinkRefusing(() => false);
  expect(await ship(sink)).toBe(true);
  expect(sink.ids).toEqual(['a']);
  expect((await badLines('1')).map(({ reason }) => reason)).toEqual(['the segment was cut short']);
  expect((await readdir(dir)).toSorted()).toEqual(['1.bad', '2.bad']);
});

test('a model that is refused as a whole costs a bounded number of attempts, and nobody else anything', async () => {
  const records = Array.from({ length: 2_000 }, (_, i) => label(String(i), i % 2 === 0 ? 'gone' : 'here'));
  await write('1', records.map(encodeRecord));
  let attempts = 0;
  const inner = sinkRefusing((id) => Number(id) % 2 === 0);
  await ship({ store: (segment) => (attempts++, inner.store(segment)) });
  expect(inner.ids).toHaveLength(1_000);
  expect(await badLines('1')).toHaveLength(1_000);
  expect(attempts).toBeLessThan(500);
});

test('shipped again after a crash in the middle, parts are stored once', async () => {
  await write(
    '1',
    Array.from({ length: 8 }, (_, i) => encodeRecord(label(String(i)))),
  );
  const sink = sinkRefusing((id) => id === '5');
  let calls = 0;
  const dying = {
    store: (segment: Segment) => (++calls === 3 ? Promise.reject(new Error('ECONNRESET')) : sink.store(segment)),
  };
  expect(await ship(dying)).toBe(false);
  expect(await readdir(dir)).toEqual(['1.ready']);
  expect(await ship(sink)).toBe(true);
  expect(sink.ids.toSorted()).toEqual(['0', '1', '2', '3', '4', '6', '7']);
});

test('what cannot be read at the moment is never set aside, and is shipped when it can be', async () => {
  // A folder of that name cannot be read as a file, whoever asks: the same as EIO or too many open files.
  await mkdir(join(dir, '1.ready'));
  await write('2', [encodeRecord(label('b'))]);
  const sink = sinkRefusing(() => false);
  const shipper = startShipper({ dir, sink, log, intervalMs: 60_000 });
  for (let attempt = 1; attempt < 5; attempt++) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    expect(await shipper.shipOnce()).toBe(false);
    expect(sink.ids).toEqual([]);
  }
  // What lies behind it does not wait for ever.
  expect(await shipper.shipOnce()).toBe(false);
  expect(sink.ids).toEqual(['b']);
  expect(await readdir(dir)).toEqual(['1.ready']);
  await rm(join(dir, '1.ready'), { recursive: true });
  await write('1', [encodeRecord(label('a'))]);
  expect(await shipper.shipOnce()).toBe(true);
  await shipper.stop();
  expect(sink.ids).toEqual(['b', 'a']);
});

test('a segment that fails for no reason that is known does not hold up the others for ever', async () => {
  for (const name of ['1', '2', '3', '4']) await write(name, [encodeRecord(label(name))]);
  const inner = sinkRefusing(() => false);
  const stuck = new Set(['1', '3']);
  const sink: SegmentSink = {
    store: (segment) => (stuck.has(segment.segmentId) ? Promise.reject(new Error('odd')) : inner.store(segment)),
  };
  const shipper = startShipper({ dir, sink, log, intervalMs: 60_000 });
  // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
  for (let pass = 0; pass < 9; pass++) expect(await shipper.shipOnce()).toBe(false);
  expect(inner.ids).toEqual(['2', '4']);
  stuck.clear();
  expect(await shipper.shipOnce()).toBe(true);
  await shipper.stop();
  expect(inner.ids).toEqual(['2', '4', '1', '3']);
});

test('while the sink is away, a pass tries some files and not all that wait', async () => {
  for (let at = 100; at < 200; at++) await write(String(at), [encodeRecord(label(String(at)))]);
  let tries = 0;
  const sink: SegmentSink = { store: () => (tries++, Promise.reject(new Error('ECONNREFUSED'))) };
  const shipper = startShipper({ dir, sink, log, intervalMs: 60_000 });
  // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
  for (let pass = 0; pass < 100; pass++) await shipper.shipOnce();
  await shipper.stop();
  expect(tries).toBeLessThanOrEqual(9 * 100);
});

test('a folder that cannot be listed is tried again', async () => {
  const sink = sinkRefusing(() => false);
  const shipper = startShipper({ dir, sink, log, intervalMs: 60_000 });
  await rm(dir, { recursive: true });
  await writeFile(dir, 'in the way');
  expect(await shipper.shipOnce()).toBe(false);
  await shipper.stop();
});

test('refused records stay within their bound: the oldest go', async () => {
  for (const name of ['1', '2', '3']) await writeFile(join(dir, `${name}.bad`), 'x'.repeat(10));
  await boundRefused(dir, log, 25);
  expect((await readdir(dir)).toSorted()).toEqual(['2.bad', '3.bad']);
});
