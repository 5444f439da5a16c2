import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { appendAudit } from '../db/audit/audit.ts';
import { withTransaction, type Database } from '../db/base/connect.ts';
import { readTable } from '../db/installation/backup-tables.ts';
import { sha256OfFile } from '../artifacts/digest.ts';
import { readManifest, tableFile, type FoundBackup } from './backup-manifest.ts';

export interface RestoreSettled {
  /** Browsers that were signed in when the back-up was taken, and must sign in again. */
  readonly sessionsEnded: number;
  /** Tokens that are valid again although a later back-up knows that they were revoked; at most `listedMax` names. */
  readonly revokedLater: readonly string[];
}

/** The back-up that was restored, and the folder of all of them. */
export interface RestoreFrom extends FoundBackup {
  readonly root: string;
}

const listedMax = 100;

/** Nobody is signed in to a restored installation; to be called where its rows are written. Returns how many were. */
export async function endSessions(client: pg.ClientBase): Promise<number> {
  const { rowCount } = await client.query('update session set ended_at = now() where ended_at is null');
  return rowCount ?? 0;
}

/**
 * What a restored installation must not go on with as if no time had passed: tokens that were revoked since are named,
 * and the audit says that it was restored, from what and as of when.
 */
export async function settleRestore(
  database: Database,
  from: RestoreFrom,
  sessionsEnded: number,
): Promise<RestoreSettled> {
  const later = await latestBackup(from);
  return withTransaction(database, async (tx, client) => {
    const revokedLater = later === null ? [] : await revokedIn(client, later);
    const settled = { sessionsEnded, revokedLater };
    await appendAudit(tx, {
      type: 'perennial.installation.restored',
      model: null,
      subject: { of: 'model', model: '*' },
      actor: 'restore',
      reason: `restored from the back-up of ${from.manifest.takenAt}`,
      data: {
        takenAt: from.manifest.takenAt,
        auditSeq: from.manifest.auditHead?.seq ?? null,
        signedBy: from.signedBy,
        ...settled,
      },
    });
    return settled;
  });
}

/**
 * The newest back-up of the folder whose tokens can be read, when it is newer than the one that was restored. One that
 * was interrupted or damaged is passed over: what was restored stands, and must be settled.
 */
async function latestBackup({ root, folder }: RestoreFrom): Promise<FoundBackup | null> {
  const names = (await readdir(root)).filter((name) => name > path.basename(folder)).toSorted();
  for (const name of names.toReversed()) {
    // oxlint-disable-next-line no-await-in-loop -- mostly the first will do
    const found = await readManifest(root, name).catch(() => null);
    // oxlint-disable-next-line no-await-in-loop
    if (found !== null && (await hasWholeTokens(found))) return found;
  }
  return null;
}

async function hasWholeTokens({ folder, manifest }: FoundBackup): Promise<boolean> {
  const table = manifest.tables.find(({ name }) => name === 'token');
  return table !== undefined && (await sha256OfFile(tableFile(folder, 'token')).catch(() => null)) === table.digest;
}

/** Names of tokens that are revoked there and not here. */
async function revokedIn(client: pg.ClientBase, later: FoundBackup): Promise<readonly string[]> {
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
