import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import type { Log } from '../../telemetry/log.ts';
import { createKeptSegments } from './kept-segments.ts';
import { reshipKept } from './reship.ts';
import { encodeRecord } from './segment-file.ts';
import { startShipper } from './shipper.ts';
import { placeSegment } from './write-segment.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dir: string;
let before: ServingWorld;
let standby: ServingWorld;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reship-'));
  [before, standby] = await Promise.all([createServingWorld(), createServingWorld()]);
  for (const world of [before, standby]) await world.addVersion(1, [0.75, 0.25]);
});
afterAll(async () => {
  await Promise.all([before.close(), standby.close()]);
  await rm(dir, { recursive: true, force: true });
});

const segments = [
  [predictionRecord('a'), predictionRecord('b')],
  [labelRecord('l1', { predictionId: 'a' })],
  [predictionRecord('c'), predictionRecord('d'), labelRecord('l2', { predictionId: 'b' })],
];

async function shipTo({ sink }: ServingWorld): Promise<void> {
  const kept = createKeptSegments(dir, { ageMs: 3_600_000, bytesMax: 1_000_000 }, log);
  const shipper = startShipper({ dir, sink, log, kept, intervalMs: 60_000 });
  expect(await shipper.shipOnce()).toBe(true);
  await shipper.stop();
  kept.stop();
}
const idsIn = async ({ database }: ServingWorld): Promise<unknown> =>
  (
    await database.pool.query(
      `select (select array_agg(prediction_id order by seq) from prediction) as predictions,
        (select array_agg(label_id order by label_seq) from label) as labels,
        (select last_seq::int from model_stream where model = 'fraud') as last,
        (select labelled_rows::int from model_stream where model = 'fraud') as labelled`,
    )
  ).rows[0];

test('a standby that lost the last of the log gets it back, and every row of it once', async () => {
  const startedAtMs = Date.now();
  for (const [index, records] of segments.entries())
    await placeSegment(dir, `s${index}.ready`, {
      segmentId: `s${index}`,
      processId: 'p',
      lines: records.map(encodeRecord),
    });
  await shipTo(before);
  // It has what came before the last second, and one row of that which its client sent again meanwhile.
  for (const [index, records] of segments.slice(0, 2).entries())
    await standby.sink.store({ segmentId: `s${index}`, processId: 'p', records });
  await standby.sink.store({ segmentId: 'later', processId: 'q', records: [predictionRecord('c')] });
  expect(await reshipKept(dir, startedAtMs)).toEqual({ segments: 3, records: 6 });
  await shipTo(standby);
  const all = { predictions: ['a', 'b', 'c', 'd'], labels: ['l1', 'l2'], last: 4, labelled: 2 };
  expect(await idsIn(standby)).toEqual(all);
  expect(await idsIn(before)).toEqual(all);
  // And again: nothing comes of it, however often somebody asks.
  await reshipKept(dir, startedAtMs);
  await shipTo(standby);
  expect(await idsIn(standby)).toEqual(all);
});

test('a segment of which a record was refused comes back whole, and what was stored of it counts once', async () => {
  const sinceMs = Date.now();
  const records = [predictionRecord('e'), predictionRecord('odd', { model: 'unknown' }), labelRecord('l3')];
  const lines = records.map(encodeRecord);
  await placeSegment(dir, 'spared.ready', { segmentId: 'spared', processId: 'p', lines });
  await shipTo(before);
  const stored = await idsIn(before);
  expect(stored).toMatchObject({ predictions: ['a', 'b', 'c', 'd', 'e'], labels: ['l1', 'l2', 'l3'] });
  await reshipKept(dir, sinceMs);
  await shipTo(before);
  expect(await idsIn(before)).toEqual(stored);
});
