import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { appendAudit } from '../db/audit/audit.ts';
import { withTransaction, type Database } from '../db/base/connect.ts';
import { readTable } from '../db/installation/backup-tables.ts';
import { manifestName, readManifest, tableFile, type BackupManifest } from './backup-manifest.ts';

export interface RestoreSettled {
  /** Browsers that were signed in when the back-up was taken, and must sign in again. */
  readonly sessionsEnded: number;
  /** Tokens that are valid again although a later back-up knows that they were revoked; at most `listedMax` names. */
  readonly revokedLater: readonly string[];
}

export interface RestoreFrom {
  /** The folder of all back-ups, and that of the one that was restored. */
  readonly root: string;
  readonly folder: string;
  readonly manifest: BackupManifest;
}

const listedMax = 100;

/**
 * What a restored installation must not go on with as if no time had passed: sessions end, tokens that were revoked
 * since are named, and the audit says that it was restored, from what and as of when.
 */
export async function settleRestore(database: Database, from: RestoreFrom): Promise<RestoreSettled> {
  const later = await latestBackup(from);
  return withTransaction(database, async (tx, client) => {
    const { rowCount } = await client.query('update session set ended_at = now() where ended_at is null');
    const revokedLater = later === null ? [] : await revokedIn(client, later);
    const settled = { sessionsEnded: rowCount ?? 0, revokedLater };
    await appendAudit(tx, {
      type: 'perennial.installation.restored',
      model: null,
      subject: { of: 'model', model: '*' },
      actor: 'restore',
      reason: `restored from the back-up of ${from.manifest.takenAt}`,
      data: { takenAt: from.manifest.takenAt, auditSeq: from.manifest.auditHead?.seq ?? null, ...settled },
    });
    return settled;
  });
}

/** The newest whole back-up of the folder, when it is newer than the one that was restored. */
async function latestBackup({ root, folder }: RestoreFrom): Promise<RestoreFrom | null> {
  const names = (await readdir(root)).filter((name) => name > path.basename(folder)).toSorted();
  for (const name of names.toReversed()) {
    const isWhole = await access(path.join(root, name, manifestName)).then(
      () => true,
      () => false,
    );
    if (isWhole) return { root, ...(await readManifest(root, name)) };
  }
  return null;
}

/** Names of tokens that are revoked there and not here. */
async function revokedIn(client: pg.ClientBase, later: RestoreFrom): Promise<readonly string[]> {
  const table = later.manifest.tables.find(({ name }) => name === 'token');
  if (table === undefined) return [];
  // In front of the table of the same name, for this transaction alone.
  await client.query('create temporary table token (like public.token) on commit drop');
  await readTable(client, tableFile(later.folder, table.name), table);
  const { rows } = await client.query<{ name: string }>(
    `select here.name from public.token here join pg_temp.token there using (token_id)
     where there.revoked_at is not null and here.revoked_at is null order by here.name limit $1`,
    [listedMax],
  );
  await client.query('drop table pg_temp.token');
  return rows.map(({ name }) => name);
}
