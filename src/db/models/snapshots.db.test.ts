import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { withTransaction } from '../base/connect.ts';
import { lineageOf } from './snapshots.ts';

const { database } = await openTestDatabase();
const { pool } = database;

/** A history of so many batches, each of which continues the one before it; answers the newest. */
async function seedLine(model: string, batches: number): Promise<string> {
  const digest = (at: string) => `encode(sha256(('${model}' || (${at}))::bytea), 'hex')`;
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
      select ${digest('i')}, '${model}', 1, 'history', 'x', 1, 0, jsonb_build_object(
        'rows', 1, 'files', jsonb_build_array(jsonb_build_object('orderMin', i, 'orderMax', i)),
        'parents', case i when 1 then '[]'::jsonb else jsonb_build_array(${digest('i - 1')}) end)
      from generate_series(1, ${batches}) i`,
  );
  const { rows } = await pool.query<{ digest: string }>(`select ${digest(String(batches))} as digest`);
  return rows[0]?.digest ?? '';
}

test('the line of a snapshot is all that it continues, in order, and reads no other snapshots', async () => {
  const newest = await seedLine('shop', 300);
  await seedLine('other', 300);
  await pool.query('analyze snapshot');
  await withTransaction(database, async (tx) => {
    const line = await lineageOf(tx, [newest]);
    expect(line.map(({ manifest }) => manifest.files[0]?.orderMin)).toEqual(
      Array.from({ length: 300 }, (_, at) => at + 1),
    );
    expect(new Set(line.map(({ model }) => model))).toEqual(new Set(['shop']));
    const { rows } = await tx.execute<{ read: number }>(
      `select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
        where relname = 'snapshot'`,
    );
    // Once to find each, once to read it; a reading of the whole table may be cheaper than that for the second.
    expect(rows[0]?.read).toBeGreaterThan(299);
    expect(rows[0]?.read).toBeLessThanOrEqual(2 * 600);
  });
});
