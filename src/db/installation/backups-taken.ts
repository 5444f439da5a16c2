import { and, desc, gt, isNull, or, sql } from 'drizzle-orm';
import type { BackupBefore } from '../../domain/record/erasure/erasure.ts';
import type { Database, Db } from '../base/connect.ts';
import { backupTaken } from '../schema/index.ts';

/** Back-ups that one answer lists, the newest first. */
const listedMax = 1_000;

/** Writes down that a back-up was taken; a database of an earlier release has no table for it, and goes without. */
export async function noteBackup(
  { pool }: Pick<Database, 'pool'>,
  backup: { readonly place: string; readonly name: string; readonly takenAt: string; readonly endsAt: string | null },
): Promise<void> {
  const { rows } = await pool.query<{ isThere: boolean }>(
    `select to_regclass('backup_taken') is not null as "isThere"`,
  );
  if (rows[0]?.isThere !== true) return;
  await pool.query(
    'insert into backup_taken (place, name, taken_at, ends_at) values ($1, $2, $3, $4) on conflict do nothing',
    [backup.place, backup.name, backup.takenAt, backup.endsAt],
  );
}

/** Back-ups that are not over yet, as far as this database knows of them. */
export async function backupsKept(db: Db): Promise<readonly BackupBefore[]> {
  const rows = await db
    .select()
    .from(backupTaken)
    .where(and(or(isNull(backupTaken.endsAt), gt(backupTaken.endsAt, sql`now()`))))
    .orderBy(desc(backupTaken.takenAt))
    .limit(listedMax);
  return rows.map(({ place, name, takenAt, endsAt }) => ({
    place,
    name,
    takenAt: takenAt.toISOString(),
    endsAt: endsAt?.toISOString() ?? null,
  }));
}
