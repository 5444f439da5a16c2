import type pg from 'pg';
import { viewDigest } from '../../../src/db/feature-views/store-view.ts';
import { viewOf } from '../a-view.ts';
import { agedView, type HistorySize } from './history-size.ts';

/** A view that was read, and from which somebody was erased, as often as there are versions. */
export async function writeViews(client: pg.ClientBase, { versions }: HistorySize): Promise<void> {
  const spec = viewOf(agedView);
  const digest = viewDigest(spec);
  await client.query('insert into feature_view (name, revision) values ($1, 1)', [agedView]);
  await client.query(
    `insert into feature_view_revision (view, revision, digest, spec, actor) values ($1, 1, $2, $3, 'test')`,
    [agedView, digest, spec],
  );
  await client.query(
    `insert into snapshot
       (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest, created_at)
     select 'view' || n, $1, 1, 'view', 's' || n, 10, 0,
       jsonb_build_object('view', jsonb_build_object('digest', $2::text)),
       now() - interval '1 hour' * ($3::int - n + 1) from generate_series(1, $3::int) n`,
    [agedView, digest, versions],
  );
  await client.query(
    `insert into erasure (erasure_id, scope, name, entity, is_dry_run, actor, reason, status, started_at, ended_at)
     select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'view', $1, 'hash', false, 'ana', 'r', 'done',
       now() - interval '1 hour' * ($2::int - n + 1), now() from generate_series(1, $2::int) n`,
    [agedView, versions],
  );
}
