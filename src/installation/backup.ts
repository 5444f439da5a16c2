import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createArtifactStore, type ArtifactStore } from '../artifacts/artifact-store.ts';
import { openArtifactStore } from '../artifacts/open-artifact-store.ts';
import { createDatabase } from '../db/base/connect.ts';
import {
  listTables,
  readBackupFacts,
  readSequences,
  referencedArtifacts,
  withSnapshot,
  writeTable,
} from '../db/installation/backup-tables.ts';
import { backupKeyOf, type BackupKey } from '../db/installation/backup-key.ts';
import { noteBackup } from '../db/installation/backups-taken.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { parseWhole } from '../domain/words/whole-number.ts';
import { copyArtifacts, listArtifacts } from './backup-artifacts.ts';
import { artifactsName, manifestName, tableFile, type BackupManifest } from './backup-manifest.ts';
import { findDatabaseUrl } from './database-url.ts';
import { newBackupKey, signManifest } from './sign-manifest.ts';
import type { Call } from '../cli/line/verb.ts';

const keepDaysMax = 36_500;

export interface BackupAnswer {
  readonly name: string;
  readonly tables: number;
  readonly rows: number;
  readonly artifacts: number;
  readonly artifactsCopied: number;
  /** Empty, or the back-up is as damaged as what it was taken from. */
  readonly missingArtifacts: readonly string[];
  /** The key that signed it; null where the schema is of a release before back-ups were signed. */
  readonly signedBy: string | null;
}

export async function runBackup({ config, out, text }: Call): Promise<void> {
  const to = text('to');
  if (to === null)
    throw new PerennialError('invalid_request', '`perennial backup` needs --to.', {
      path: '--to',
      hint: 'Name a folder: perennial backup --to /backups',
    });
  const answer = await takeBackup({
    databaseUrl: await findDatabaseUrl(config),
    store: openArtifactStore(config),
    root: path.resolve(to),
    keepDays: keepDaysOf(text('keep-days')),
  });
  out.line(
    `${answer.name}: ${answer.rows} rows of ${answer.tables} tables, ` +
      `${answer.artifacts} artifacts (${answer.artifactsCopied} new).`,
  );
  if (answer.signedBy !== null) out.line(`Signed by ${answer.signedBy}; \`restore --key\` takes no other.`);
  out.json(answer);
  if (answer.missingArtifacts.length > 0) {
    throw new PerennialError(
      'artifact_corrupt',
      `The back-up was taken, but ${answer.missingArtifacts.length} artifact(s) that it needs are not whole in ` +
        `${config.artifacts}: ${answer.missingArtifacts.slice(0, 3).join(', ')}.`,
      {
        path: config.artifacts,
        hint: 'Restore them from an earlier back-up (docs/operations.md, "An artifact is lost").',
      },
    );
  }
}

export interface BackupAsk {
  readonly databaseUrl: string;
  readonly store: Pick<ArtifactStore, 'under' | 'lend'>;
  /** Holds one folder per back-up, and the artifacts of all. */
  readonly root: string;
  /** For how many days it is kept, as whoever takes it says; null where nobody does. */
  readonly keepDays?: number | null;
}

/**
 * Database first, artifacts after: an artifact is written before the row that names it and never changed, so whatever
 * the rows name is there. All tables are read in one snapshot, without a lock that anybody would wait for. What lies in
 * a spool is not part of it; it reaches the database by itself.
 */
export async function takeBackup({ databaseUrl, store, root, keepDays = null }: BackupAsk): Promise<BackupAnswer> {
  const takenAt = new Date().toISOString();
  const name = takenAt.replaceAll(/[:.]/g, '-');
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { referenced, key, ...facts } = await writeDatabase(databaseUrl, folder);
  const artifacts = await listArtifacts(store);
  const kept = createArtifactStore(path.join(root, artifactsName));
  const { copied, damaged } = await copyArtifacts(store, kept, artifacts);
  const whole = new Set(artifacts.filter((digest) => !damaged.includes(digest)));
  const missingArtifacts = referenced.filter((digest) => !whole.has(digest));
  const said: BackupManifest = { formatVersion: 1, takenAt, ...facts, artifacts: [...whole], missingArtifacts };
  const manifest: BackupManifest = key === null ? said : { ...said, signature: signManifest(said, key) };
  const file = path.join(folder, manifestName);
  await writeFile(`${file}.new`, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  const endsAt = keepDays === null ? null : new Date(Date.parse(takenAt) + keepDays * 86_400_000).toISOString();
  await noteTaken(databaseUrl, { place: root, name, takenAt, endsAt });
  const rows = facts.tables.reduce((sum, table) => sum + table.rows, 0);
  return {
    name,
    tables: facts.tables.length,
    rows,
    artifacts: whole.size,
    artifactsCopied: copied,
    missingArtifacts,
    signedBy: key?.publicKey ?? null,
  };
}

/** After the back-up is whole: what it holds is known by what this database says of it. */
async function noteTaken(url: string, backup: Parameters<typeof noteBackup>[1]): Promise<void> {
  const database = createDatabase(url, {
    applicationName: 'perennial-backup',
    connectionsMax: 1,
    onIdleError: () => undefined,
  });
  try {
    await noteBackup(database, backup);
  } finally {
    await database.close();
  }
}

function keepDaysOf(text: string | null): number | null {
  const days = text === null ? null : parseWhole(text);
  if (text === null || (days !== null && days >= 1 && days <= keepDaysMax)) return days;
  throw new PerennialError('invalid_request', `--keep-days takes 1 to ${keepDaysMax} days.`, {
    path: '--keep-days',
    hint: 'Leave it out where nobody knows.',
  });
}

type DatabaseFacts = Omit<BackupManifest, 'formatVersion' | 'takenAt' | 'artifacts' | 'missingArtifacts' | 'signature'>;

async function writeDatabase(
  url: string,
  folder: string,
): Promise<DatabaseFacts & { readonly referenced: readonly string[]; readonly key: BackupKey | null }> {
  const database = createDatabase(url, {
    applicationName: 'perennial-backup',
    connectionsMax: 1,
    statementTimeoutMs: null,
    onIdleError: () => undefined,
  });
  try {
    const key = await backupKeyOf(database, newBackupKey);
    return await withSnapshot(database, 'read', async (client) => {
      const { migrations, ...facts } = await readBackupFacts(client);
      const tables: DatabaseFacts['tables'] = [];
      for (const table of await listTables(client)) {
        const written = await writeTable(client, tableFile(folder, table.name), table);
        tables.push({ ...written, columns: [...written.columns] });
      }
      const referenced = await referencedArtifacts(client);
      const sequences = [...(await readSequences(client))];
      return { ...facts, migrations: [...migrations], tables, sequences, referenced, key };
    });
  } finally {
    await database.close();
  }
}
