import type pg from 'pg';
import { PerennialError } from '../../domain/words/errors.ts';
import { readMigrations } from './migrate.ts';

let known: Promise<number> | undefined;

/**
 * Refuses to write with a program that the database has left behind, until the end of this transaction: a migration
 * waits for transactions that have passed here (migrate.ts takes the table for itself). A program of an earlier release
 * would store rows without the totals that this release keeps beside them. Throws `unavailable`: whoever has the rows
 * keeps them for the next release.
 */
export async function refuseNewerSchema(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  const ours = await (known ??= readMigrations().then(({ length }) => length));
  const { rows } = await client.query<{ applied: number }>('select count(*)::int as applied from schema_migration');
  const applied = rows[0]?.applied ?? 0;
  if (applied <= ours) return;
  throw new PerennialError('unavailable', 'The database has been migrated to a later release of Perennial.', {
    hint: 'Start that release here; what was answered stays in the spool until then.',
  });
}
