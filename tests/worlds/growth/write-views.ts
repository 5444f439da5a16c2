import type pg from 'pg';
import { viewDigest } from '../../../src/db/feature-views/store-view.ts';
import { viewOf } from '../a-view.ts';
import { agedView, type HistorySize } from './history-size.ts';

/** A view that was read as often as there are versions. */
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
}
