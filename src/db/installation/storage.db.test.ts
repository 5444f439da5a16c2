import { sql, type SQL } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { createGaugeReader } from './gauges.ts';
import { databaseBytes, filesOfModel, indexShare, keepSample, measureModel, readDisks, storageOf } from './storage.ts';

const { database } = await openTestDatabase();

const run = (query: SQL) => database.db.execute(query);

test('samples give the date; two measurements within an hour are one; an unseen disk has none', async () => {
  const { db } = database;
  expect(await readDisks(db)).toEqual([]);
  await run(sql`insert into storage_sample (sampled_at, database_bytes, artifact_bytes, database_free_bytes,
      artifact_free_bytes, predictions)
    select date_trunc('hour', now()) - h * interval '1 hour', 1e9 - h * 1e6, 1e8, null, 5e9, 0
    from generate_series(1, 72) h`);
  const now = { databaseBytes: 1e9, artifactBytes: 1e8, databaseFreeBytes: null, artifactFreeBytes: 5e9 };
  await keepSample(db, { ...now, databaseBytes: 2e9 });
  await keepSample(db, now);
  const [unseen, artifacts] = await readDisks(db);
  expect(unseen).toEqual({ disk: 'database', usedBytes: 1e9, forecast: null });
  expect(artifacts?.forecast).toMatchObject({ freeBytes: 5e9, fullAtMs: null });
  await run(sql`update storage_sample set database_free_bytes = 24e8`);
  const [seen] = await readDisks(db);
  expect(seen?.forecast?.bytesPerDay).toBeCloseTo(24e6, 0);
  expect(((seen?.forecast?.fullAtMs ?? 0) - Date.now()) / 86_400_000).toBeCloseTo(100, -1);
});

test('what a model takes is reckoned from its youngest rows, and shown by the metrics', async () => {
  const { db } = database;
  await run(sql`insert into model (name, spec_revision) values ('m', 1)`);
  await run(sql`insert into model_stream (model, last_seq, labels) values ('m', 100, 10)`);
  await run(sql`insert into prediction (model, prediction_id, seq, window_number, requested_at, bucket, arm, stage,
      challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores, failed,
      latency_us)
    select 'm', 'p' || s, s, 1, now(), 0, 'champion', 'steady', 0, 1, 'identity', 1, 1, '{}', '{}', '{0.5}', false, 1
    from generate_series(51, 100) s`);
  await run(sql`insert into sealed_stretch values ('m', 'predictions', 1, 1, 50, 50, 1, 1, 1, 1, 50, now(), now(), '{}',
    5000, 'a', null, 'b')`);
  const share = await indexShare(db, 'prediction');
  expect(share).toBeGreaterThanOrEqual(1);
  await measureModel(db, 'm', { prediction: share, label: 1, evidence: 1 }, 4_000);
  const { listedBytes } = await filesOfModel(db, 'm');
  await measureModel(db, 'm', { prediction: share, label: 1, evidence: 1 }, listedBytes);
  const stored = (await storageOf(db, ['m'])).get('m');
  expect(stored).toMatchObject({ predictions: 50, artifactBytes: 5_000, labelBytes: 0, evidenceBytes: 0 });
  expect(stored?.predictionBytes).toBeCloseTo(50 * (stored?.bytesPerPrediction ?? 0), -1);
  expect(await databaseBytes(db)).toBeGreaterThan(1e6);
  const { models } = await createGaugeReader(database)();
  expect(models?.find(({ model }) => model === 'm')).toMatchObject({ bytes: { artifacts: 5_000, labels: 0 } });
  // Labels go with their predictions: half of these, half of those.
  await run(sql`insert into label (model, label_id, prediction_id, label, known_seq, known_window, received_at)
    values ('m', 'l', 'p90', 'yes', 100, 1, now())`);
  const labelBytes = async () => {
    await measureModel(db, 'm', { prediction: share, label: 1, evidence: 1 }, 0);
    return (await storageOf(db, ['m'])).get('m')?.labelBytes ?? 0;
  };
  const all = await labelBytes();
  expect(all).toBeGreaterThan(0);
  await run(sql`delete from prediction where seq <= 75`);
  expect(await labelBytes()).toBeCloseTo(all / 2, -1);
});

test('values of proxies stand with the labels', async () => {
  const { db } = database;
  await run(sql`insert into model (name, spec_revision) values ('p', 1)`);
  await run(sql`insert into model_stream (model, last_seq) values ('p', 100)`);
  await run(sql`insert into prediction (model, prediction_id, seq, window_number, requested_at, bucket, arm, stage,
      challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores, failed,
      latency_us)
    select 'p', 'p' || s, s, 1, now(), 0, 'champion', 'steady', 0, 1, 'identity', 1, 1, '{}', '{}', '{0.5}', false, 1
    from generate_series(1, 100) s`);
  // Every second row has one.
  await run(sql`insert into proxy (model, name, prediction_id, prediction_seq, value, known_seq, known_window,
      received_at)
    select 'p', 'complaint', 'p' || s, s, 1, s, 1, now() from generate_series(2, 100, 2) s`);
  await measureModel(db, 'p', { prediction: 1, label: 3, evidence: 1 }, 0);
  const { rows } = await database.pool.query<{ bytes: number }>(
    `select sum(pg_column_size(p.*))::float8 as bytes from proxy p`,
  );
  const labelBytes = (await storageOf(db, ['p'])).get('p')?.labelBytes ?? 0;
  expect(labelBytes / (3 * (rows[0]?.bytes ?? 0))).toBeCloseTo(1, 2);
});
