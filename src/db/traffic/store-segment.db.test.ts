import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDueWindows } from './store/close-windows.ts';
import { createSegmentSink } from './store/store-segment.ts';
import type { SpoolRecord } from '../../domain/record/records.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { Segment } from '../../serving/ports.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { testEntities } from '../../../tests/worlds/entity-names.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
});
afterAll(() => world.close());

const segmentOf = (segmentId: string, ...records: readonly SpoolRecord[]): Segment => ({
  segmentId,
  processId: 'p',
  records,
});
const fail = (_: string, error: unknown): void => {
  throw error;
};
const query = async (text: string): Promise<Record<string, unknown>[]> => (await world.database.pool.query(text)).rows;
const streamOf = async (model: string) =>
  (
    await query(
      `select last_seq::int as seq, open_window as window, open_rows as rows from model_stream where model =
        '${model}'`,
    )
  )[0];

test('text that could break a line, an array or a null survives the way into the table', async () => {
  const hard = ['\\N', 'NULL', '', '{a,"b"}', 'tab\there', 'line\nend\r', 'back\\slash', '\\.', 'ünï🙂', ' spaces '];
  await world.sink.store(
    segmentOf(
      'hard-2',
      ...hard.map((text, index) =>
        predictionRecord(`hard-${index}`, { texts: [text, null], numbers: [NaN, Infinity, -0.1, 5e-324] }),
      ),
    ),
  );
  const rows = await query("select texts, numbers from prediction where prediction_id like 'hard-%' order by seq");
  expect(rows).toEqual(hard.map((text) => ({ texts: [text, null], numbers: [NaN, Infinity, -0.1, 5e-324] })));
});

test('a segment for a model without a spec is refused for good', async () => {
  await expect(
    world.sink.store(segmentOf('unknown', predictionRecord('u', { model: 'unknown' }))),
  ).rejects.toMatchObject({
    code: 'invalid_data',
  });
});

test('records that cannot be counted are refused for good, and nothing of them is stored', async () => {
  const broken = createSegmentSink({
    entities: testEntities,
    database: world.database,
    profileOf: () => Promise.resolve({ features: null } as never),
    specOf: () => Promise.resolve(world.spec),
  });
  await expect(broken.store(segmentOf('odd', predictionRecord('odd')))).rejects.toMatchObject({ code: 'invalid_data' });
  expect(await query("select 1 from segment where segment_id = 'odd'")).toEqual([]);
});

test('the hard rows filled the first window: it closed with its segment and its real size', async () => {
  expect(
    await query('select number, rows, first_seq::int, last_seq::int, judged_at from "window" where model = \'fraud\''),
  ).toEqual([{ number: 1, rows: 10, first_seq: 1, last_seq: 10, judged_at: null }]);
  expect(await streamOf('fraud')).toEqual({ seq: 10, window: 2, rows: 0 });
});

test('storing twice stores once; a repeated id counts once; counters add up over segments', async () => {
  const one = segmentOf(
    's1',
    predictionRecord('a'),
    predictionRecord('b', { failed: true, latencyUs: 300_000 }),
    predictionRecord('a'),
  );
  expect(await world.sink.store(one)).toBe('stored');
  expect(await world.sink.store(one)).toBe('already');
  expect(
    await world.sink.store(segmentOf('s2', predictionRecord('b'), predictionRecord('c', { numbers: [25, 1] }))),
  ).toBe('stored');
  expect(await streamOf('fraud')).toEqual({ seq: 13, window: 2, rows: 3 });
  const [counted] = await query(
    "select rows, failed, slow, latency_sum_us::int, latency_max_us::int, cells from counter where model = 'fraud' " +
      'and window_number = 2',
  );
  expect(counted).toEqual({
    rows: 3,
    failed: 1,
    slow: 1,
    latency_sum_us: 300_200,
    latency_max_us: 300_000,
    cells: [
      [0, 2, 1, 0],
      [3, 0, 0, 0],
      [0, 0, 0],
      [3, 0, 0],
    ],
  });
});

test('a label knows the traffic that was before it, within its segment too', async () => {
  await world.sink.store(
    segmentOf(
      's3',
      labelRecord('l1'),
      predictionRecord('d', { entityHash: 'known', eventTimeMs: 77 }),
      labelRecord('l2'),
      labelRecord('l3', { predictionId: null, entityHash: 'known', eventTimeMs: 77 }),
    ),
  );
  expect(
    await query('select label_id, prediction_id, known_seq::int, known_window from label order by label_seq'),
  ).toEqual([
    { label_id: 'l1', prediction_id: 'x', known_seq: 13, known_window: 2 },
    { label_id: 'l2', prediction_id: 'x', known_seq: 14, known_window: 2 },
    { label_id: 'l3', prediction_id: 'd', known_seq: 14, known_window: 2 },
  ]);
});

test('labels are counted as they are stored: each id once, whoever sends it how often', async () => {
  const counted = () =>
    query(
      "select labels::int, (select count(*)::int from label where model = 'fraud') as stored from model_stream where " +
        "model = 'fraud'",
    );
  expect(await counted()).toEqual([{ labels: 3, stored: 3 }]);
  const again = segmentOf('s3-again', labelRecord('l2'), labelRecord('l4'), labelRecord('l4'));
  await Promise.all([
    world.sink.store(again),
    world.sink.store(again),
    world.sink.store(segmentOf('s3-other', labelRecord('l4'), labelRecord('l5'))),
  ]);
  expect(await counted()).toEqual([{ labels: 5, stored: 5 }]);
});

test('a label taken back and given again ends as it was given last, in whatever order it is stored', async () => {
  const said = (index: number, label: string): SpoolRecord =>
    labelRecord(`~${index}`, { predictionId: 'a', label, receivedAtMs: 1_777_000_000_000 + index });
  const current = () =>
    query("select label from label where prediction_id = 'a' order by received_at desc, label_seq desc limit 1");
  const counted = async () =>
    Number((await query("select labels::int from model_stream where model = 'fraud'"))[0]?.['labels']);
  const before = await counted();
  await world.sink.store(segmentOf('y1', said(1, 'fraud'), said(2, 'fine'), said(3, 'fraud')));
  expect(await current()).toEqual([{ label: 'fraud' }]);
  // Said again: nothing new. The same records in another segment: nothing new either.
  await world.sink.store(segmentOf('y2', said(5, 'fraud'), said(2, 'fine'), said(1, 'fraud')));
  expect(await counted()).toBe(before + 3);
  // It came before the repetition, and is stored after it.
  await world.sink.store(segmentOf('y3', said(4, 'fine')));
  expect(await current()).toEqual([{ label: 'fraud' }]);
  await world.sink.store(segmentOf('y4', said(6, 'fine')));
  expect(await current()).toEqual([{ label: 'fine' }]);
});

test('a label by entity and time repeats like any other, before and after it has found its prediction', async () => {
  const said = (id: string, label: string, atMs: number): SpoolRecord =>
    labelRecord(id, { predictionId: null, entityHash: 'waits', eventTimeMs: 9, label, receivedAtMs: atMs });
  await world.sink.store(segmentOf('w1', said('~w1', 'fraud', 1), said('~w2', 'fraud', 2), said('~w3', 'fine', 3)));
  await world.sink.store(segmentOf('w2', said('~w4', 'fine', 4)));
  await world.sink.store(segmentOf('w3', predictionRecord('waited', { entityHash: 'waits', eventTimeMs: 9 })));
  await world.sink.store(segmentOf('w4', said('~w5', 'fine', 5), said('~w6', 'fraud', 6)));
  expect(await query("select label_id from label where prediction_id = 'waited' order by label_seq")).toEqual([
    { label_id: '~w1' },
    { label_id: '~w3' },
    { label_id: '~w6' },
  ]);
});

test('a segment larger than a window stays whole in one window', async () => {
  await world.sink.store(
    segmentOf('s4', ...Array.from({ length: 25 }, (_, index) => predictionRecord(`big-${index}`))),
  );
  expect((await query('select number, rows from "window" where model = \'fraud\' order by number')).at(-1)).toEqual({
    number: 2,
    rows: 30,
  });
});

test('many shippers at once, the same segments twice: positions without gaps, every row counted once', async () => {
  const before = await streamOf('fraud');
  const segments = Array.from({ length: 12 }, (_, index) =>
    segmentOf(`c${index}`, ...Array.from({ length: 7 }, (_row, row) => predictionRecord(`c-${index % 6}-${row}`))),
  );
  const answers = await Promise.all(
    [...segments, ...segments.toReversed()].map((segment) => world.sink.store(segment)),
  );
  expect(answers.filter((answer) => answer === 'stored')).toHaveLength(12);
  const [facts] = await query(
    "select count(*)::int as rows, max(seq)::int as top, (select sum(rows)::int from counter where model = 'fraud') " +
      'as counted, (select sum(rows)::int from "window" where model = \'fraud\') as windowed from prediction where ' +
      "model = 'fraud'",
  );
  const after = await streamOf('fraud');
  expect(after?.['seq']).toBe(Number(before?.['seq']) + 42);
  expect(facts).toEqual({
    rows: after?.['seq'],
    top: after?.['seq'],
    counted: after?.['seq'],
    windowed: Number(after?.['seq']) - Number(after?.['rows']),
  });
});

test('windows by time close when a segment comes after their end, or when someone looks', async () => {
  const spec: ModelSpec = { ...world.spec, name: 'timed', watch: { ...world.spec.watch, window: { ms: 1_000 } } };
  await world.database.pool.query("insert into model (name, spec_revision) values ('timed', 1)");
  await world.database.pool.query(
    "insert into spec_revision (model, revision, digest, spec, actor) values ('timed', 1, 'd', $1, 'test')",
    [spec],
  );
  let nowMs = Date.now() + 100;
  const sink = createSegmentSink({
    entities: testEntities,
    database: world.database,
    profileOf: () => Promise.resolve(null),
    specOf: () => Promise.resolve(spec),
    nowMs: () => nowMs,
  });
  const timed = (id: string): SpoolRecord => predictionRecord(id, { model: 'timed' });
  await sink.store(segmentOf('t1', timed('t1')));
  await sink.store(segmentOf('t2', timed('t2')));
  expect(await streamOf('timed')).toEqual({ seq: 2, window: 1, rows: 2 });
  nowMs += 2_000;
  await sink.store(segmentOf('t3', timed('t3')));
  expect(await streamOf('timed')).toEqual({ seq: 3, window: 2, rows: 1 });
  expect(await closeDueWindows(world.database, { shard: 0, shards: 1 }, fail, nowMs + 500)).toBe(0);
  expect(await closeDueWindows(world.database, { shard: 0, shards: 1 }, fail, nowMs + 1_500)).toBe(1);
  expect(await closeDueWindows(world.database, { shard: 0, shards: 1 }, fail, nowMs + 9_000)).toBe(0);
  expect(
    await query(
      'select number, rows, first_seq::int, last_seq::int from "window" where model = \'timed\' order by number',
    ),
  ).toEqual([
    { number: 1, rows: 2, first_seq: 1, last_seq: 2 },
    { number: 2, rows: 1, first_seq: 3, last_seq: 3 },
  ]);
  expect(await query("select cells, rows from counter where model = 'timed' order by window_number")).toEqual([
    { cells: [], rows: 2 },
    { cells: [], rows: 1 },
  ]);
});
