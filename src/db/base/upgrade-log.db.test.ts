import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from './connect.ts';
import { migrate } from './migrate.ts';
import { labelledPage } from '../traffic/read/labelled-rows.ts';
import { createSegmentSink } from '../traffic/store/store-segment.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { createOldSchema, type OldSchema } from '../../../tests/worlds/old-schema.ts';
import { worldSpec } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { bareHashOf, keyedHashOf, testEntities } from '../../../tests/worlds/entity-names.ts';

let old: OldSchema;
let owner: Database;
let app: Database;
beforeAll(async () => {
  old = await createOldSchema();
  owner = old.database;
  app = createDatabase(old.url, { isApp: true });
});
afterAll(async () => {
  await app.close();
  await old.close();
});

/** As the program before wrote it: it knows no parts. */
const oldPrediction = (id: string, seq: number) =>
  owner.pool.query(
    `insert into prediction (model, prediction_id, seq, window_number, requested_at, bucket, arm, stage,
      challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores, failed,
      latency_us)
     values ('fraud', $1, $2, 1, now(), 0, 'champion', 'steady', 0, 1, 'identity', 1, 1, '{1,2}', '{a}', '{0.75,0.25}',
      false, 9)`,
    [id, seq],
  );
const oldLabel = (id: string, predictionId: string) =>
  owner.pool.query(
    `insert into label (model, label_id, prediction_id, label, known_seq, known_window, received_at)
     values ('fraud', $1, $2, 'fraud', 2, 1, now())`,
    [id, predictionId],
  );
const rows = async (text: string): Promise<readonly Record<string, unknown>[]> =>
  (await owner.pool.query<Record<string, unknown>>(text)).rows;
const fileOf = async (table: string) => (await rows(`select pg_relation_filenode('${table}') as file`))[0]?.['file'];

test('a log that stands becomes the first part as it is; interrupted halfway, it goes on', async () => {
  await old.migrateThrough('0008_watch');
  await oldPrediction('one', 1);
  await oldPrediction('two', 2);
  await owner.pool.query(`update prediction set entity_hash = $1, event_time_ms = 7 where seq = 2`, [
    bareHashOf('two'),
  ]);
  await oldLabel('of-one', 'one');
  await oldLabel('of-three', 'three');
  await owner.pool.query("insert into model_stream (model, last_seq, open_rows, labels) values ('fraud', 2, 2, 2)");
  const before = [await fileOf('prediction'), await fileOf('label')];

  await old.migrateThrough('0009_log_check');
  // The program before still runs, and writes between the steps.
  await oldPrediction('between', 3);
  await owner.pool.query("update model_stream set last_seq = 3, open_rows = 3 where model = 'fraud'");
  await migrate(owner);

  expect([await fileOf('prediction_part_0'), await fileOf('label_part_0')], 'nothing was rewritten').toEqual(before);
  expect(await rows('select prediction_id as id, part from prediction order by seq')).toEqual([
    { id: 'one', part: 0 },
    { id: 'two', part: 0 },
    { id: 'between', part: 0 },
  ]);
  expect(await rows('select fingerprint, bare_part, bare_until <= now() as is_past from entity_key')).toEqual([
    { fingerprint: null, bare_part: 0, is_past: true },
  ]);
});

test('ids and labels of before are known, and the program before may still write', async () => {
  const spec = completeSpec(worldSpec);
  await owner.pool.query("insert into model (name, spec_revision) values ('fraud', 1)");
  await owner.pool.query(
    "insert into spec_revision (model, revision, digest, spec, actor) values ('fraud', 1, 'd', $1, 'test')",
    [spec],
  );
  const sink = createSegmentSink({
    entities: testEntities,
    database: app,
    profileOf: () => Promise.resolve(null),
    specOf: () => Promise.resolve(spec),
  });
  await sink.store({
    segmentId: 's',
    processId: 'p',
    records: [
      predictionRecord('one'),
      predictionRecord('three'),
      labelRecord('of-one', { predictionId: 'one' }),
      // By a hash under the key, which the row of before has not.
      labelRecord('of-two', { predictionId: null, entityHash: keyedHashOf('two'), eventTimeMs: 7 }),
    ],
  });
  expect(await rows('select prediction_id as id, part, seq::int from prediction where seq > 3')).toEqual([
    { id: 'three', part: 1, seq: 4 },
  ]);
  expect(await rows('select label_id as id, part, prediction_seq::int as seq from label order by label_seq')).toEqual([
    { id: 'of-one', part: 0, seq: 1 },
    { id: 'of-three', part: 1, seq: 4 },
    { id: 'of-two', part: 1, seq: 2 },
  ]);
  await oldPrediction('old-writer', 5);
  const page = await labelledPage(app.db, 'fraud', { afterSeq: 0, throughWindow: 9 });
  expect(page.map(({ seq, label }) => [seq, label])).toEqual([
    [1, 'fraud'],
    [2, 'fine'],
    [4, 'fraud'],
  ]);
});

test('the running role makes the next part through its function and may not make or drop a table itself', async () => {
  await owner.pool.query(
    "update log_part set from_at = from_at - interval '99 days', to_at = to_at - interval '99 days'",
  );
  const { rows: placed } = await app.pool.query<{ part: number }>('select part from log_place(86400000, 86400000)');
  expect(placed[0]?.part).toBeGreaterThan(1);
  await expect(app.pool.query('drop table prediction_part_1')).rejects.toThrow('must be owner');
});
