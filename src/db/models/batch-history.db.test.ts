import { afterAll, expect, test } from 'vitest';
import { withTransaction } from '../base/connect.ts';
import { createExplainedDatabase } from '../../../tests/worlds/growth/explained-database.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { batchHistory } from './batch-history.ts';
import { storeSpec } from './specs.ts';

const { database, place } = await openTestDatabase();
const { pool } = database;
const explained = createExplainedDatabase(place.url);
afterAll(() => explained.database.close());

const contract = { rules: [{ id: 'like-before', rule: 'rowCountHistory', batches: 3 }] } as never;
const asked = { model: 'lake', sourceDigest: 'new', isWhole: false };

let stored = 0;

/** So many batches of one definition and source, the last one the newest; what stands between is no batch. */
async function batches(count: number, of: { revision: number; member?: string; kind?: string; replayOf?: string }) {
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest,
       created_at)
     select encode(sha256(($1 || i)::bytea), 'hex'), 'lake', $2, $3, $1 || i, i, 0,
       jsonb_strip_nulls(jsonb_build_object('rows', i, 'quarantinedRows', 0, 'profile', '[]'::jsonb,
         'member', $4::text, 'replayOf', $5::text)), timestamptz '2026-01-01' + ($7 + i) * interval '1 second'
     from generate_series(1, $6::int) i`,
    [JSON.stringify(of), of.revision, of.kind ?? 'history', of.member ?? null, of.replayOf ?? null, count, stored],
  );
  stored += count;
}

test('what a batch is held against costs the same behind a hundred thousand others', async () => {
  await withTransaction(database, (tx) => storeSpec(tx, specOf('lake'), 'ana'));
  await batches(5, { revision: 1 });
  await batches(5, { revision: 1, member: 'shop' });
  const look = async () => {
    const found: (readonly (number | null)[])[] = [];
    const cost = await explained.costOf(async () => {
      for (const more of [
        { specRevision: 1 },
        { specRevision: 1, member: 'shop' },
        { specRevision: 9 },
        { specRevision: 9, isWhole: true },
      ]) {
        const history = await batchHistory(explained.database.db, { contract }, { ...asked, ...more });
        found.push((history?.before ?? []).map(({ rows }) => rows));
      }
    });
    const statements = [...cost.statements.values()];
    return { found, rows: statements.reduce((sum, { rowsRead }) => sum + rowsRead, 0) };
  };
  await pool.query('analyze snapshot');
  const young = await look();
  expect(young.found).toEqual([[5, 4, 3], [5, 4, 3], [], [5, 4, 3]]);
  await batches(40_000, { revision: 2 });
  await batches(20_000, { revision: 2, member: 'shop' });
  await batches(20_000, { revision: 2, member: 'till' });
  await batches(10_000, { revision: 1, kind: 'traffic' });
  await batches(10_000, { revision: 1, replayOf: 'x' });
  await pool.query('analyze snapshot');
  const old = await look();
  expect(old.found).toEqual([[5, 4, 3], [5, 4, 3], [], [40_000, 39_999, 39_998]]);
  // The newest of a whole source, and as many as may be readings of one file.
  expect(old.rows).toBeLessThanOrEqual(young.rows + 40);
}, 120_000);
