import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSegmentSink } from './store/store-segment.ts';
import type { SpoolRecord } from '../../domain/record/records.ts';
import type { Segment } from '../../serving/ports.ts';
import { labelledPage } from './read/labelled-rows.ts';
import { endPart, letTimePass } from '../../../tests/worlds/log-time.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { testEntities } from '../../../tests/worlds/entity-names.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
});
afterAll(() => world.close());

let segments = 0;
const store = (...records: readonly SpoolRecord[]) => world.sink.store(segmentOf(...records));
const segmentOf = (...records: readonly SpoolRecord[]): Segment => ({
  segmentId: `s${segments++}`,
  processId: 'p',
  records,
});
const query = async (text: string): Promise<Record<string, unknown>[]> => (await world.database.pool.query(text)).rows;
const storedParts = () => query('select prediction_id as id, part, seq::int from prediction order by seq');

test('rows go to the part that is open, and positions go on over its edge', async () => {
  await store(predictionRecord('a'));
  await endPart(world.database.pool);
  await store(predictionRecord('b'));
  expect(await storedParts()).toEqual([
    { id: 'a', part: 1, seq: 1 },
    { id: 'b', part: 2, seq: 2 },
  ]);
});

test('a repeated id counts once over the edge of a part, for predictions and for labels', async () => {
  await store(labelRecord('l', { predictionId: 'a' }));
  await endPart(world.database.pool);
  await store(predictionRecord('a'), predictionRecord('b'), predictionRecord('c'));
  await store(labelRecord('l', { predictionId: 'a', label: 'fraud' }), labelRecord('l2', { predictionId: 'a' }));
  expect(await storedParts()).toEqual([
    { id: 'a', part: 1, seq: 1 },
    { id: 'b', part: 2, seq: 2 },
    { id: 'c', part: 3, seq: 3 },
  ]);
  expect(await query('select label_id as id, part, label, prediction_seq::int as seq from label order by 1')).toEqual([
    { id: 'l', part: 2, label: 'fine', seq: 1 },
    { id: 'l2', part: 3, label: 'fine', seq: 1 },
  ]);
});

test('two processes store the same ids while a part ends: each counts once, and a part stays a stretch', async () => {
  const records = Array.from({ length: 20 }, (_, index) => predictionRecord(`two-${index}`));
  const slow = createSegmentSink({
    entities: testEntities,
    database: world.database,
    profileOf: () => Promise.resolve(null),
    specOf: () => Promise.resolve(world.spec),
  });
  await Promise.all([
    world.sink.store(segmentOf(...records)),
    slow.store(segmentOf(...records.toReversed())),
    endPart(world.database.pool),
  ]);
  const [stored] = await query("select count(*)::int as rows from prediction where prediction_id like 'two-%'");
  expect(stored).toEqual({ rows: 20 });
  const [cut] = await query(
    `select count(*)::int as wrong from prediction a join prediction b on b.model = a.model and b.seq > a.seq
      and b.part < a.part`,
  );
  expect(cut, 'a part is a stretch of the positions').toEqual({ wrong: 0 });
});

test('a label that waits over the edge finds its prediction, by id and by entity and time', async () => {
  await store(
    labelRecord('early', { predictionId: 'late' }),
    labelRecord('early-entity', { predictionId: null, entityHash: 'who', eventTimeMs: 9 }),
  );
  await endPart(world.database.pool);
  await store(predictionRecord('late'), predictionRecord('late-too', { entityHash: 'who', eventTimeMs: 9 }));
  const joined = await query(
    `select l.label_id as id, p.prediction_id as of, l.part = p.part as together from label l join prediction p
      on p.seq = l.prediction_seq where label_id like 'early%' order by 1`,
  );
  expect(joined).toEqual([
    { id: 'early', of: 'late', together: true },
    { id: 'early-entity', of: 'late-too', together: true },
  ]);
  const page = await labelledPage(world.database.db, 'fraud', { afterSeq: 0, throughWindow: 99 });
  expect(page.map((row) => row.label)).toEqual(['fine', 'fine', 'fine']);
});

test('an id is forgotten behind the horizon and no sooner', async () => {
  const forget = async () => (await query('select forget_log_ids(30 * 86400000::bigint) as parts'))[0]?.['parts'];
  await store(predictionRecord('old'));
  await letTimePass(world.database.pool, 29);
  // All parts ended long ago: whoever stores makes the next one.
  await store(predictionRecord('old'));
  expect(await query("select part from prediction where prediction_id = 'old'")).toHaveLength(1);
  expect(await forget()).toBe(0);
  await letTimePass(world.database.pool, 20);
  expect(await forget()).toBeGreaterThan(0);
  await store(predictionRecord('old'));
  expect(await query("select part from prediction where prediction_id = 'old'")).toHaveLength(2);
});

test('a part that is open cannot be frozen, and one that is not sealed cannot be dropped', async () => {
  const [open] = await query('select min(part) as part from log_part where to_at > now()');
  await expect(query(`select freeze_log_part(${String(open?.['part'])})`)).rejects.toThrow('is open');
  await expect(query('select drop_log_part(1)')).rejects.toThrow('not frozen');
  await query('select freeze_log_part(1)');
  await query('select freeze_log_part(1)');
  await expect(query('select drop_log_part(1)')).rejects.toThrow('rows of fraud are missing');
  await expect(query('delete from prediction where part = 1')).rejects.toThrow('is being sealed');
});
