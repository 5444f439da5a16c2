import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createArtifactStore, type ArtifactStore } from '../artifacts/artifact-store.ts';
import { openArtifactStore } from '../artifacts/open-artifact-store.ts';
import { sha256OfFile } from '../artifacts/digest.ts';
import { verifyAudit } from '../db/audit/audit-verify.ts';
import { firstFilledTable, readTable, withSnapshot, writeSequences } from '../db/installation/backup-tables.ts';
import { createDatabase } from '../db/base/connect.ts';
import { migrate } from '../db/base/migrate.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { copyArtifacts, findDamaged } from './backup-artifacts.ts';
import { artifactsName, readManifest, tableFile, type BackupManifest } from './backup-manifest.ts';
import { sayKeyOfRestored } from './key-of-restored.ts';
import { endSessions, settleRestore, type RestoreFrom, type RestoreSettled } from './settle-restore.ts';
import { findDatabaseUrl } from './database-url.ts';
import type { Call } from '../cli/line/verb.ts';

export async function runRestore({ config, out, text, isSet }: Call): Promise<void> {
  const given = text('from');
  if (given === null)
    throw new PerennialError('invalid_request', '`perennial restore` needs --from.', {
      path: '--from',
      hint: 'Name the folder that was given to `perennial backup --to`.',
    });
  const root = path.resolve(given);
  const { folder, manifest, signedBy } = await readManifest(root, text('at'));
  refuseOtherKey(folder, signedBy, text('key'));
  await checkBackup(root, folder, manifest);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const what =
    `${path.basename(folder)}: ${rows} rows of ${manifest.tables.length} tables, ` +
    `${manifest.artifacts.length} artifacts`;
  if (isSet('check')) {
    out.line(`${what}; every digest is right. ${saySigned(signedBy)}`);
    out.json({ name: path.basename(folder), rows, artifacts: manifest.artifacts.length, signedBy, restored: false });
    return;
  }
  const databaseUrl = await findDatabaseUrl(config);
  const sessionsEnded = await restoreBackup({
    root,
    folder,
    manifest,
    databaseUrl,
    store: openArtifactStore(config),
    migrationsDir: path.join(config.rootDir, 'migrations'),
  });
  const from = { root, folder, manifest, signedBy };
  const { revokedLater } = await settled(databaseUrl, from, sessionsEnded);
  out.line(`${what}; restored, and the audit is whole. Start the processes: the worker starts every model again.`);
  out.line(saySigned(signedBy));
  out.line(await sayKey(databaseUrl, config.installationKeyFile));
  out.line(`${sessionsEnded} sessions have ended. ${sayRevoked(revokedLater, manifest)}`);
  const name = path.basename(folder);
  const artifacts = manifest.artifacts.length;
  out.json({ name, rows, artifacts, signedBy, restored: true, sessionsEnded, revokedLater });
}

async function settled(databaseUrl: string, from: RestoreFrom, sessionsEnded: number): Promise<RestoreSettled> {
  const database = openDatabase(databaseUrl);
  try {
    return await settleRestore(database, from, sessionsEnded);
  } finally {
    await database.close();
  }
}

async function sayKey(databaseUrl: string, file: string): Promise<string> {
  const database = openDatabase(databaseUrl);
  try {
    return await sayKeyOfRestored(database, file);
  } finally {
    await database.close();
  }
}

function saySigned(key: string | null): string {
  return key === null
    ? 'Nobody signed it: an earlier release took it, or somebody took the signature away.'
    : `Signed by ${key}.`;
}

/** Whoever can write where back-ups lie can also sign with a key of their own, or take the signature away. */
function refuseOtherKey(folder: string, signedBy: string | null, key: string | null): void {
  if (key === null || signedBy === key) return;
  const what = signedBy === null ? 'is not signed' : `is signed by ${signedBy}`;
  throw new PerennialError('invalid_data', `${folder} ${what}, not by ${key}: nothing was restored.`, {
    path: '--key',
    hint: 'Without --key it is taken as it is; `backup` says who signs.',
  });
}

function sayRevoked(names: readonly string[], { takenAt }: BackupManifest): string {
  return names.length === 0
    ? `Tokens that were revoked after ${takenAt} are valid again: revoke them once more.`
    : `Revoked since, and valid again until you revoke them once more: ${names.join(', ')}.`;
}

/**
 * Reads every file of a back-up and compares it with its digest. Throws `artifact_corrupt`, naming the first that is
 * wrong.
 */
export async function checkBackup(root: string, folder: string, manifest: BackupManifest): Promise<void> {
  for (const { name, digest } of manifest.tables) {
    const file = tableFile(folder, name);
    const found = await sha256OfFile(file).catch(() => null);
    if (found !== digest) throw damagedFile(file);
  }
  const [first] = await findDamaged(path.join(root, artifactsName), manifest.artifacts);
  if (first !== undefined)
    throw damagedFile(path.join(root, artifactsName, first.slice(0, 2), first.slice(2, 4), first));
}

function damagedFile(file: string): PerennialError {
  return new PerennialError('artifact_corrupt', `${file} is missing or not what was backed up.`, {
    path: file,
    hint: 'Take another back-up with --at; nothing was restored.',
  });
}

export interface RestoreAsk {
  readonly root: string;
  readonly folder: string;
  readonly manifest: BackupManifest;
  readonly databaseUrl: string;
  readonly store: Pick<ArtifactStore, 'has' | 'putFile'>;
  readonly migrationsDir: string;
}

/**
 * Artifacts first, then all rows in one transaction: an installation that was cut off in the middle has no rows and can
 * be restored again. The schema is brought to that of the back-up, filled, and then to the newest. Sessions end in the
 * same transaction: a restore that is cut off behind it must not let anybody back in. Returns how many did. Throws
 * `conflict` when the database holds anything, and `artifact_corrupt` for a file that is not what the manifest says.
 */
export async function restoreBackup(ask: RestoreAsk): Promise<number> {
  await migrateTo(ask.databaseUrl, ask.migrationsDir, ask.manifest.migrations);
  const database = openDatabase(ask.databaseUrl);
  let sessionsEnded = 0;
  try {
    sessionsEnded = await withSnapshot(database, 'write', async (client) => {
      const filled = await firstFilledTable(client);
      if (filled !== null) throw notEmpty(filled);
      const kept = createArtifactStore(path.join(ask.root, artifactsName));
      const { damaged } = await copyArtifacts(kept, ask.store, ask.manifest.artifacts);
      if (damaged[0] !== undefined) throw damagedFile(damaged[0]);
      for (const table of ask.manifest.tables) {
        const file = tableFile(ask.folder, table.name);
        const { rows, digest } = await readTable(client, file, table);
        // It may have been changed since it was compared.
        if (digest !== table.digest) throw damagedFile(file);
        if (rows !== table.rows)
          throw new PerennialError('invalid_data', `${table.name} took ${rows} rows of ${table.rows}.`, {
            path: table.name,
          });
      }
      await writeSequences(client, ask.manifest.sequences);
      return endSessions(client);
    });
  } finally {
    await database.close();
  }
  await migrateTo(ask.databaseUrl, ask.migrationsDir, null);
  await proveAudit(ask.databaseUrl, ask.manifest.auditHead);
  return sessionsEnded;
}

async function proveAudit(url: string, expect: BackupManifest['auditHead']): Promise<void> {
  const database = openDatabase(url);
  try {
    const { wrong } = await verifyAudit(database.db, { expect });
    if (wrong !== null)
      throw new PerennialError(
        'audit_broken',
        `Everything was restored, but row ${wrong.seq} of the audit is wrong: ${wrong.why}.`,
        { path: `audit/${wrong.seq}` },
      );
  } finally {
    await database.close();
  }
}

function notEmpty(table: string): PerennialError {
  return new PerennialError('conflict', `The database is not empty: ${table} has rows.`, {
    path: 'DATABASE_URL',
    hint: 'A back-up is restored into an empty database and an installation that does not run.',
  });
}

const openDatabase = (url: string) =>
  createDatabase(url, {
    applicationName: 'perennial-restore',
    connectionsMax: 2,
    statementTimeoutMs: null,
    onIdleError: () => undefined,
  });

/** Applies the migrations that the back-up was taken under, or all of them. */
async function migrateTo(
  url: string,
  migrationsDir: string,
  known: BackupManifest['migrations'] | null,
): Promise<void> {
  const database = openDatabase(url);
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-migrations-'));
  try {
    if (known === null) return void (await migrate(database, migrationsDir));
    await cp(migrationsDir, folder, { recursive: true });
    const file = path.join(folder, 'meta', '_journal.json');
    const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(file, 'utf8'));
    const tags = known.map(({ tag }) => tag);
    const entries = journal.entries.slice(0, tags.length);
    if (entries.some((entry, place) => entry.tag !== tags[place]) || entries.length < tags.length) {
      throw new PerennialError(
        'configuration',
        `The back-up has the migrations ${tags.join(', ')}, and this program does not know all of them.`,
        { hint: 'Restore with the release that took it, or a later one.' },
      );
    }
    await writeFile(file, JSON.stringify({ ...journal, entries }));
    await migrate(database, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await database.close();
  }
}
