import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { hashSecret, newSecret } from '../../src/access/secret.ts';
import { rootDir } from '../../src/config.ts';
import type { HistoryView } from '../../src/contracts/http/views.ts';
import { createDatabase } from '../../src/db/base/connect.ts';
import { migrate } from '../../src/db/base/migrate.ts';
import { readTable, withSnapshot, writeSequences } from '../../src/db/installation/backup-tables.ts';
import { readManifest, tableFile } from '../../src/installation/backup-manifest.ts';

/** What tools/record-installation.ts wrote down beside the recording. */
export interface RecordedFacts {
  readonly namespace: string;
  /** Rows that were answered and lie in the spool alone, with their labels. */
  readonly predictionIds: readonly string[];
  readonly labels: readonly { readonly labelId: string; readonly predictionId: string; readonly label: string }[];
  readonly models: Readonly<Record<string, { readonly champion: number | null; readonly history: HistoryView }>>;
}

/** A recording, unpacked where processes can be started on it. */
export interface RecordedInstallation {
  readonly folder: string;
  /** Holds the database of Temporal, the spool and the artifacts. */
  readonly stateDir: string;
  readonly facts: RecordedFacts;
  readonly tokens: { readonly admin: string; readonly predictor: string };
  remove(): Promise<void>;
}

const recordingsDir = path.join(rootDir, 'tests', 'worlds', 'installations');

export async function listRecordings(): Promise<readonly string[]> {
  return (await readdir(recordingsDir)).filter((name) => name.endsWith('.tar.gz')).toSorted();
}

export async function unpackRecording(name: string): Promise<RecordedInstallation> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-recorded-'));
  execFileSync('tar', ['-xzf', path.join(recordingsDir, name), '-C', folder]);
  const stateDir = path.join(folder, 'state');
  await mkdir(stateDir, { mode: 0o700 });
  for (const [from, to] of [
    ['temporal', 'temporal'],
    ['spool', 'spool'],
    ['backup/artifacts', 'artifacts'],
  ] as const)
    await cp(path.join(folder, from), path.join(stateDir, to), { recursive: true });
  // Recordings of releases before there was a key have none.
  await cp(path.join(folder, 'installation.key'), path.join(stateDir, 'installation.key')).catch(() => undefined);
  const tokens = { admin: newSecret(), predictor: newSecret() };
  await writeFile(path.join(stateDir, 'tokens.json'), JSON.stringify(tokens), { mode: 0o600 });
  const facts: RecordedFacts = JSON.parse(await readFile(path.join(folder, 'facts.json'), 'utf8'));
  return { folder, stateDir, facts, tokens, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Brings an empty database to the schema of the recording and fills it; two tokens of the test are added. */
export async function fillDatabase({ folder, tokens }: RecordedInstallation, url: string): Promise<void> {
  const { folder: from, manifest } = await readManifest(path.join(folder, 'backup'), null);
  const migrationsDir = path.join(folder, 'migrations');
  await cp(path.join(rootDir, 'migrations'), migrationsDir, { recursive: true });
  const file = path.join(migrationsDir, 'meta', '_journal.json');
  const journal: { readonly entries: readonly unknown[] } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, manifest.migrations.length) }));
  await migrate({ url }, migrationsDir);
  const database = createDatabase(url, { connectionsMax: 1, statementTimeoutMs: null });
  try {
    await withSnapshot(database, 'write', async (client) => {
      for (const table of manifest.tables) await readTable(client, tableFile(from, table.name), table);
      await writeSequences(client, manifest.sequences);
      for (const role of ['admin', 'predictor'] as const)
        await client.query('insert into token (token_id, name, role, scope, secret_hash) values ($1, $2, $3, $4, $5)', [
          randomUUID(),
          `upgrade-${role}`,
          role,
          '*',
          hashSecret(tokens[role]),
        ]);
    });
  } finally {
    await database.close();
  }
}

/** The inference process of the release that was recorded, on the database and the spool of the recording. */
export async function startRecordedInference(
  { folder, stateDir }: RecordedInstallation,
  databaseUrl: string,
  port: number,
): Promise<{ readonly stop: () => Promise<void> }> {
  const release = path.join(folder, 'release');
  await symlink(path.join(rootDir, 'node_modules'), path.join(release, 'node_modules'));
  const child = spawn(process.execPath, [path.join(release, 'src', 'main-inference.mjs')], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      DATABASE_URL: databaseUrl,
      PERENNIAL_STATE_DIR: stateDir,
      PERENNIAL_INFERENCE_PORT: String(port),
      PERENNIAL_FLUSH_MS: '20',
    },
    stdio: 'ignore',
  });
  return { stop: () => end(child, 'SIGTERM') };
}

/** `perennial migrate`, killed as soon as one migration more than before is there. Returns how many are there then. */
export async function killMigration(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const count = async (): Promise<number> =>
      Number((await client.query<{ n: string }>('select count(*) as n from schema_migration')).rows[0]?.n);
    const before = await count();
    const child = spawn(process.execPath, [path.join(rootDir, 'bin', 'perennial.mjs'), 'migrate'], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: databaseUrl },
      stdio: 'ignore',
    });
    while (child.exitCode === null && child.signalCode === null && (await count()) === before);
    await end(child, 'SIGKILL');
    return await count();
  } finally {
    await client.end();
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'close');
}
