import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from './connect.ts';
import { migrate } from './migrate.ts';
import { valueTotal } from '../pages/model-windows.ts';
import { createOldSchema, type OldSchema } from '../../../tests/worlds/old-schema.ts';

let old: OldSchema;
let database: Database;
beforeAll(async () => {
  old = await createOldSchema();
  ({ database } = old);
});
afterAll(() => old.close());

test('totals are counted from what an installation holds', async () => {
  await old.migrateThrough('0004_keys');
  await oldTraffic();
  expect(await migrate(database)).toContainEqual(expect.stringMatching(/_totals$/));
  expect(
    await rows(
      'select model, number, labelled_rows::int as labelled, decided_at is not null as decided from "window" ' +
        'order by model, number',
    ),
  ).toEqual([
    { model: 'm', number: 1, labelled: 1, decided: true },
    { model: 'm', number: 2, labelled: 2, decided: false },
    { model: 'm', number: 3, labelled: 3, decided: false },
    { model: 'quiet', number: 1, labelled: 0, decided: false },
  ]);
  expect(await rows('select model, labelled_rows::int as labelled from model_stream order by model')).toEqual([
    { model: 'm', labelled: 4 },
    { model: 'quiet', labelled: 0 },
  ]);
  expect(await rows('select version, history_rows::int as rows from version order by version')).toEqual([
    { version: 1, rows: 30 },
    { version: 2, rows: 0 },
  ]);
  expect(await valueTotal(database.db, 'm')).toMatchObject({ fromWindow: 1, toWindow: 2, rows: 20, value: 0.1 });
});

/** Rows 1 to 5 in windows 1, 1, 2, 3 and (open) 4. */
async function oldTraffic(): Promise<void> {
  await database.pool.query(`
    insert into model_stream (model, last_seq, open_window) values ('m', 5, 4), ('quiet', 0, 1);
    insert into prediction (model, prediction_id, seq, window_number, requested_at, bucket, arm, stage,
      challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores, failed,
      latency_us)
    select 'm', 'p' || seq, seq, (array[1, 1, 2, 3, 4])[seq], now(), 0, 'champion', 'steady', 0, 1, 'identity', 1, 1,
      '{}', '{}', '{}', false, 0
    from generate_series(1, 5) seq;
    insert into label (model, label_id, prediction_id, label, known_seq, known_window, received_at) values
      ('m', 'in time', 'p1', 'yes', 2, 1, now()), ('m', 'corrected', 'p1', 'no', 3, 2, now()),
      ('m', 'late', 'p2', 'no', 4, 3, now()), ('m', 'early', 'p3', 'no', 1, 1, now()),
      ('m', 'open', 'p4', 'no', 5, 4, now()), ('m', 'foreign', 'p9', 'no', 5, 4, now()),
      ('m', 'waiting', null, 'no', 5, 4, now());
    insert into "window" (model, number, rows, first_seq, last_seq, opened_at, judged_at)
    values ('m', 1, 2, 1, 2, now(), now()), ('m', 2, 1, 3, 3, now(), now()), ('m', 3, 1, 4, 4, now(), null),
      ('quiet', 1, 0, 1, 0, now(), null);
    insert into decision (model, key, window_number, retrain, reason, considered) values
      ('m', 'window/1', 1, false, '', '[]');
    insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest) values
      ('first', 'm', 1, 'history', 's', 10, 0, '{}'),
      ('more', 'm', 1, 'history', 't', 20, 0,
      '{"parents": ["first"]}'),
      ('served', 'm', 1, 'traffic', 'u', 7, 0, '{"parents": ["more"]}');
    insert into version (model, version, run_id, status, spec_revision, model_digest, profile_digest, correction,
      snapshots, report, labelled_rows, gate_verdict)
    values ('m', 1, 'train/m/1', 'released', 1, '', '', 'identity', '["more", "served"]', '{}', 37, 'pass'),
      ('m', 2, 'train/m/2', 'released', 1, '', '', 'identity', '[]', '{}', 0, 'pass');
    insert into window_quality (model, window_number, rows, labelled_rows, compared_rows, value, first_value,
      difference_variance)
    values ('m', 1, 10, 5, 5, 0.1, 0.2, 0.3), ('m', 2, 10, 0, 0, 9, null, null)`);
}

async function rows(text: string): Promise<readonly Record<string, unknown>[]> {
  return (await database.pool.query<Record<string, unknown>>(text)).rows;
}
