import { expect, test } from 'vitest';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { withTransaction } from '../base/connect.ts';
import { joinableViews } from './joinable-views.ts';
import { storeView } from './store-view.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;

test('many revisions with nothing to join hide none behind them', async () => {
  await withTransaction(database, (tx) => storeView(tx, viewOf('many'), 'ana'));
  await pool.query(`insert into feature_view_revision (view, revision, digest, spec, actor)
    select view, n, 'of ' || n, spec, actor from feature_view_revision, generate_series(2, 601) n where view = 'many'`);
  const { digest } = await withTransaction(database, (tx) => storeView(tx, viewOf('other'), 'ana'));
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
     select 'snapshot ' || n, 'other', 1, 'view', 's', 1, 0, $1 from generate_series(1, 2) n`,
    [{ view: { digest, receivedMs: null } }],
  );
  const found = await joinableViews(db, null);
  expect(found).toEqual([{ view: 'other', digest }]);
  expect(await joinableViews(db, found[0] ?? null)).toEqual([]);
});
