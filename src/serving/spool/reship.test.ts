import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labelRecord } from '../../../tests/worlds/spool-records.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Segment, SegmentSink } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { createKeptSegments, keptFolder, type KeptBounds, type KeptSegments } from './kept-segments.ts';
import { reshipKept, reshipRefused } from './reship.ts';
import { encodeRecord, encodeSegment } from './segment-file.ts';
import { startShipper } from './shipper.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dir: string;
const opened: KeptSegments[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reship-'));
});
afterEach(async () => {
  for (const kept of opened.splice(0)) kept.stop();
  await rm(dir, { recursive: true, force: true });
});

const keep = (bounds: Partial<KeptBounds> = {}): KeptSegments => {
  const kept = createKeptSegments(dir, { ageMs: 3_600_000, bytesMax: 1_000_000, ...bounds }, log);
  opened.push(kept);
  return kept;
};
const write = (name: string, ...labelIds: readonly string[]) => {
  const lines = labelIds.map((id) => encodeRecord(labelRecord(id)));
  return writeFile(join(dir, `${name}.ready`), encodeSegment(name, 'p', lines));
};
/** Takes each segment once, as the database does. */
function sinkOf(refused: readonly string[] = []): SegmentSink & { readonly stored: string[] } {
  const stored: string[] = [];
  return {
    stored,
    store({ segmentId, records }: Segment) {
      if (records.some(({ record }) => 'labelId' in record && refused.includes(record.labelId)))
        return Promise.reject(new PerennialError('invalid_data', 'out of range'));
      if (stored.includes(segmentId)) return Promise.resolve('already');
      stored.push(segmentId);
      return Promise.resolve('stored');
    },
  };
}
async function ship(sink: SegmentSink, kept: KeptSegments): Promise<void> {
  const shipper = startShipper({ dir, sink, log, kept, intervalMs: 60_000 });
  expect(await shipper.shipOnce()).toBe(true);
  await shipper.stop();
}
const lastBegunMs = (names: readonly string[]): number =>
  Math.max(...names.map((name) => Date.parse(name.slice(0, 24).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'))));
const keptText = async (): Promise<string> => {
  const names = await readdir(join(dir, keptFolder));
  return (await Promise.all(names.map((name) => readFile(join(dir, keptFolder, name), 'utf8')))).join('');
};

test('what was shipped comes back under its own ids, whole, in order, and is not kept a second time', async () => {
  const kept = keep();
  const sink = sinkOf();
  await write('1', 'a', 'b');
  await write('2', 'c');
  await ship(sink, kept);
  expect((await readdir(dir)).toSorted()).toEqual([keptFolder]);
  const before = await keptText();
  expect(before).toContain('"segmentId":"2"');
  expect(await reshipKept(dir, 0)).toEqual({ segments: 2, records: 3 });
  expect((await readdir(dir)).toSorted()).toEqual(['1.again.ready', '2.again.ready', keptFolder]);
  await ship(sink, kept);
  expect(sink.stored).toEqual(['1', '2']);
  expect(await keptText()).toBe(before);
});

test('what was shipped before the minute that is asked for stays, and so does a file that was cut off', async () => {
  const folder = join(dir, keptFolder);
  await mkdir(folder);
  const [early, late] = ['2026-01-02T03-03-59.000Z.a.segments', '2026-01-02T03-04-01.000Z.a.segments'].map((name) =>
    join(folder, name),
  );
  await writeFile(early ?? '', `\n${encodeSegment('early', 'p', [encodeRecord(labelRecord('a'))])}`);
  await writeFile(late ?? '', `\n${encodeSegment('cut', 'p', [encodeRecord(labelRecord('b'))]).slice(0, 90)}`);
  await appendFile(late ?? '', `\n${encodeSegment('late', 'p', [encodeRecord(labelRecord('c'))])}`);
  expect(await reshipKept(dir, Date.UTC(2026, 0, 2, 3, 5))).toEqual({ segments: 1, records: 1 });
  expect(await readdir(dir)).toContain('late.again.ready');
  expect(await readFile(join(dir, 'late.again.ready'), 'utf8')).toBe(
    encodeSegment('late', 'p', [encodeRecord(labelRecord('c'))]),
  );
});

test('a file is not added to when it is full: the bound takes the oldest, and not all at once', async () => {
  const kept = keep({ bytesMax: 16_000 });
  for (let at = 10; at < 60; at++) {
    await kept.keep(encodeSegment(`s${at}`, 'p', [encodeRecord(labelRecord('a'.repeat(1_000)))]));
    // Files are named by the millisecond.
    await expect.poll(() => Date.now()).toBeGreaterThan(lastBegunMs(await readdir(join(dir, keptFolder))));
  }
  const text = await keptText();
  expect(text).toContain('"s59"');
  expect(text).not.toContain('"s20"');
  expect(text.length).toBeGreaterThan(8_000);
  expect(text.length).toBeLessThan(20_000);
});

test('kept segments have an age and a size beyond which the oldest go; 0 keeps none', async () => {
  const folder = join(dir, keptFolder);
  await mkdir(folder);
  const names = [3, 2, 1, 0].map(
    (hours) => `${new Date(Date.now() - hours * 3_600_000).toISOString().replaceAll(':', '-')}.a.segments`,
  );
  for (const name of names) await writeFile(join(folder, name), 'x'.repeat(10));
  await keep({ ageMs: 2.5 * 3_600_000, bytesMax: 25 }).bound();
  expect((await readdir(folder)).toSorted()).toEqual(names.slice(2));
  const none = keep({ bytesMax: 0 });
  await none.bound();
  await write('1', 'a');
  await ship(sinkOf(), none);
  expect(await readdir(folder)).toEqual([]);
});

test('records that were set aside are shipped again as records; what is still refused is set aside again', async () => {
  const kept = keep();
  await write('1', 'a', 'b', 'c');
  await ship(sinkOf(['b', 'c']), kept);
  await writeFile(join(dir, 'foreign.bad'), 'nothing of ours');
  expect(await reshipRefused(dir)).toEqual({ segments: 1, records: 2 });
  expect((await readdir(dir)).filter((name) => name.endsWith('.bad'))).toEqual(['foreign.bad']);
  await ship(sinkOf(['c']), kept);
  const [again] = (await readdir(dir)).filter((name) => name.endsWith('.bad') && name !== 'foreign.bad');
  expect((await readFile(join(dir, again ?? ''), 'utf8')).match(/labelId\\":\\"\w/g)).toEqual(['labelId\\":\\"c']);
});

test('a segment that was stored and not kept, since its process ended, is kept when it is shipped again', async () => {
  const sink = sinkOf();
  await write('1', 'a');
  await sink.store({ segmentId: '1', processId: 'p', records: [] });
  await ship(sink, keep());
  expect(await keptText()).toContain('"segmentId":"1"');
});

test('nothing was kept where nothing was ever shipped', async () => {
  expect(await reshipKept(dir, 0)).toEqual({ segments: 0, records: 0 });
});
