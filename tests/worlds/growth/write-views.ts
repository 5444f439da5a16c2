import { gzipSync } from 'node:zlib';
import type pg from 'pg';
import { viewDigest } from '../../../src/db/feature-views/store-view.ts';
import { viewOf } from '../a-view.ts';
import { agedModel, agedView, type HistorySize } from './history-size.ts';

const spec = viewOf(agedView, { source: { kind: 'push' } });
export const agedViewDigest = viewDigest(spec);

/** Rows of one stored batch of pushed rows. */
export const batchRows = 10;
/** Batches that are not in a file yet: an hour of them, whatever the age. */
const looseBatches = 40;

/** Batches that were pushed of the view, in files but for the last ones. */
export function pushedBatches({ versions }: HistorySize): number {
  return 10 * versions;
}

/** A view that was read as often as there are versions, and whose rows are pushed. */
export async function writeViews(client: pg.ClientBase, size: HistorySize): Promise<void> {
  const { versions } = size;
  await client.query('insert into feature_view (name, revision) values ($1, 1)', [agedView]);
  await client.query(
    `insert into feature_view_revision (view, revision, digest, spec, actor) values ($1, 1, $2, $3, 'test')`,
    [agedView, agedViewDigest, spec],
  );
  await client.query(
    `insert into snapshot
       (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest, created_at)
     select 'view' || n, $1, 1, 'view', 's' || n, 10, 0,
       jsonb_build_object('view', jsonb_build_object('digest', $2::text), 'cursor', n::text, 'files', '[]'::jsonb,
         'parents', case when n > $3::int - 30 then jsonb_build_array('view' || (n - 1)) else '[]'::jsonb end),
       now() - interval '1 hour' * ($3::int - n + 1) from generate_series(1, $3::int) n`,
    [agedView, agedViewDigest, versions],
  );
  await writePushes(client, size);
  await writeOnline(client, size);
  // Somebody was erased from it as often.
  await client.query(
    `insert into erasure (erasure_id, scope, name, entity, is_dry_run, actor, reason, status, started_at, ended_at)
     select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'view', $1, 'hash', false, 'ana', 'r', 'done',
       now() - interval '1 hour' * ($2::int - n + 1), now() from generate_series(1, $2::int) n`,
    [agedView, versions],
  );
}

async function writePushes(client: pg.ClientBase, size: HistorySize): Promise<void> {
  const batches = pushedBatches(size);
  const body = gzipSync('{"card":"a"}\n'.repeat(batchRows));
  await client.query(`insert into push_stream (model, last_row, received_at) values ($1, $2, now())`, [
    agedView,
    batchRows * batches,
  ]);
  // Files are as large as they may be: what is joined next begins another one.
  await client.query(
    `insert into pushed_batch (model, last_row, rows, bytes, body, digest, received_at)
     select $1, $4 * n, $4, case when n <= $2 - $3 then 16777216 else 130 end,
       case when n > $2 - $3 then $5::bytea end, case when n <= $2 - $3 then 'file' || n end,
       now() - interval '1 minute' * (90 + $2 - n)
     from generate_series(1, $2::int) n`,
    [agedView, batches, looseBatches, batchRows, body],
  );
  await client.query(
    `insert into push_key (model, key_hash, body_digest, answer)
     select $1, 'key' || n, 'rows' || n, '{"specRevision": 1, "rows": 10, "setAside": []}'
     from generate_series(1, $2::int) n`,
    [agedView, batches],
  );
}

/** As many entities as there always were; how they stood for the model, day by day. */
async function writeOnline(client: pg.ClientBase, { versions }: HistorySize): Promise<void> {
  await client.query(
    `insert into online_view (view, digest, snapshot, sequence, rows) values ($1, $2, 'view' || $3::int, $3, 10 * $3)`,
    [agedView, agedViewDigest, versions],
  );
  await client.query(
    `insert into online_entity (view, digest, generation, entity, numbers, texts, waiting)
     select $1, $2, 1, '["c' || n || '"]', '{1}', '{}', '[]' from generate_series(1, 500) n`,
    [agedView, agedViewDigest],
  );
  await client.query(
    `insert into view_use_day (model, view, day, fresh, stale, missing, late)
     select $1, $2, to_char(now() at time zone 'utc' - n * interval '1 day', 'YYYY-MM-DD'), 1, 1, 1, 0
     from generate_series(0, $3::int) n`,
    [agedModel, agedView, versions],
  );
}
