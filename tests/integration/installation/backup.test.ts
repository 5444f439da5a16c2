import { appendFile, cp, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { takeBackup } from '../../../src/installation/backup.ts';
import { manifestName, readManifest, tableFile } from '../../../src/installation/backup-manifest.ts';
import { checkBackup, restoreBackup, type RestoreAsk } from '../../../src/installation/restore.ts';
import { settleRestore } from '../../../src/installation/settle-restore.ts';
import { makeFirstToken } from '../../../src/installation/first-token.ts';
import { createToken } from '../../../src/access/create-token.ts';
import { rootDir } from '../../../src/config.ts';
import { appendAudit } from '../../../src/db/audit/audit.ts';
import { createDatabase, withTransaction } from '../../../src/db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { until } from '../../worlds/wait.ts';
import { createServingWorld, type ServingWorld } from '../../worlds/serving-world.ts';

let world: ServingWorld;
let target: TestDatabase;
let folder: string;

beforeAll(async () => {
  world = await createServingWorld();
  target = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-backup-'));
  await world.route({ champion: await world.addVersion(1, [0.75, 0.25]), stage: 'steady' });
  await world.serve();
  const rows = Array.from({ length: 30 }, (_, index) => ({
    amount: index / 3,
    merchant: index % 2 === 0 ? 'a,"\t\\b' : null,
    card: `card ${index}`,
  }));
  expect((await world.request('/v1/models/fraud/predict', { rows })).status).toBe(200);
  await world.ship();
  for (const word of ['first', 'second']) await note(word);
});

afterAll(async () => {
  await world.close();
  await target.drop();
  await rm(folder, { recursive: true, force: true });
});

const note = (reason: string): Promise<void> =>
  withTransaction(world.database, (tx) =>
    appendAudit(tx, {
      type: 'perennial.alert.opened',
      model: 'fraud',
      subject: { of: 'alert', id: '1' },
      actor: 'test',
      reason: `${reason}: tabs\tand\nlines`,
    }),
  );
const back = (root = path.join(folder, 'all')) =>
  takeBackup({ databaseUrl: world.testDatabase.url, store: createArtifactStore(world.artifactDir), root });

async function restoreInto(url: string, root = path.join(folder, 'all')): Promise<void> {
  const { folder: from, manifest } = await readManifest(root, null);
  await checkBackup(root, from, manifest);
  await restoreFrom({ root, folder: from, manifest }, url);
}

type Found = Pick<RestoreAsk, 'root' | 'folder' | 'manifest'>;

const restoreFrom = (found: Found, databaseUrl: string, artifactDir = path.join(folder, 'restored')) =>
  restoreBackup({
    ...found,
    databaseUrl,
    store: createArtifactStore(artifactDir),
    migrationsDir: path.join(rootDir, 'migrations'),
  });

/** Everything that a table holds, as text of its rows. */
async function contentOf(url: string): Promise<Record<string, string>> {
  const database = createDatabase(url, { connectionsMax: 1 });
  try {
    const content: Record<string, string> = {};
    for (const table of [
      'model',
      'version',
      'routing',
      'prediction',
      'label',
      'counter',
      'segment',
      'token',
      'audit',
      'alias_move',
    ]) {
      const { rows } = await database.pool.query<{ text: string }>(
        `select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as text from "${table}" t`,
      );
      content[table] = rows[0]?.text ?? '';
    }
    return content;
  } finally {
    await database.close();
  }
}

test('what is restored is what was backed up: every row, every artifact, sequences, and the audit chain', async () => {
  const taken = await back();
  expect(taken).toMatchObject({ missingArtifacts: [], artifacts: 2, artifactsCopied: 2 });
  expect(taken.signedBy).toMatch(/^[\w-]{43}$/);
  const before = await contentOf(world.testDatabase.url);
  expect(before['prediction']?.split('\n').length).toBeGreaterThan(29);
  await restoreInto(target.url);
  expect(await contentOf(target.url)).toEqual(before);
  const restored = createDatabase(target.url, { connectionsMax: 2 });
  try {
    // The chain and the sequences go on, which a copy of the rows alone would not give.
    await withTransaction(restored, (tx) =>
      appendAudit(tx, {
        type: 'perennial.alert.closed',
        model: 'fraud',
        subject: { of: 'alert', id: '1' },
        actor: 'test',
        reason: 'third',
      }),
    );
    const { rows } = await restored.pool.query<{ seq: string; previous: string }>(
      'select seq, previous_hash as previous from audit order by seq desc limit 1',
    );
    const { rows: earlier } = await world.database.pool.query<{ seq: string; hash: string }>(
      'select seq, hash from audit order by seq desc limit 1',
    );
    expect(rows[0]).toEqual({ seq: String(Number(earlier[0]?.seq) + 1), previous: earlier[0]?.hash });
    await restored.pool.query(
      "insert into label (model, label_id, label, known_seq, known_window, received_at) values ('fraud', 'after', " +
        "'fine', 1, 1, now())",
    );
    // No second first token: the tokens came along.
    await expect(makeFirstToken(restored, { shouldReplace: false, reason: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    });
  } finally {
    await restored.close();
  }
});

/** Two still later back-ups: one whose tokens are damaged, and one whose manifest is. Neither says who was revoked. */
async function damageLater(root: string): Promise<void> {
  const later = path.join(root, '2999-01-01T00-00-00-000Z');
  const { folder: whole } = await readManifest(root, null);
  await cp(whole, later, { recursive: true });
  await writeFile(tableFile(later, 'token'), gzipSync(''));
  await cp(later, path.join(root, '2999-01-02T00-00-00-000Z'), { recursive: true });
  await writeFile(path.join(root, '2999-01-02T00-00-00-000Z', manifestName), '{');
}

test('a restored installation ends sessions, names tokens that were revoked since, and audits it', async () => {
  const root = path.join(folder, 'settled');
  const made = await createToken(world.database.db, { name: 'gone', role: 'viewer', scope: '*', expiresAt: null });
  await world.database.pool.query(
    `insert into session (secret_hash, token_id, csrf_hash, expires_at)
     values ('s', $1, 'c', now() + interval '1 day')`,
    [made.tokenId],
  );
  const { name } = await back(root);
  await world.database.pool.query('update token set revoked_at = now() where token_id = $1', [made.tokenId]);
  await until('a later name', async () => (await back(root)).name > name);
  await damageLater(root);
  const place = await createTestDatabase();
  const database = createDatabase(place.url, { connectionsMax: 2 });
  try {
    const found = await readManifest(root, name);
    const sessionsEnded = await restoreFrom({ root, ...found }, place.url, path.join(folder, 'settled-artifacts'));
    // Already before it is settled: a restore may be cut off in between.
    const { rows: open } = await database.pool.query('select 1 from session where ended_at is null');
    expect(open).toEqual([]);
    const settled = { sessionsEnded: 1, revokedLater: ['gone'] };
    expect(await settleRestore(database, { root, ...found }, sessionsEnded)).toEqual(settled);
    const { rows: told } = await database.pool.query('select type, data from audit order by seq desc limit 1');
    expect(told[0]?.type).toBe('perennial.installation.restored');
    expect(JSON.parse(told[0]?.data)).toMatchObject(settled);
  } finally {
    await database.close();
    await place.drop();
  }
});

test('a database that holds anything is refused', async () => {
  await expect(restoreInto(target.url)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/^The database is not empty: \w+ has rows\.$/),
  });
});

test('the next back-up in the same folder copies only artifacts that are new', async () => {
  await world.addVersion(2, [0.5, 0.5]);
  const before = await readManifest(path.join(folder, 'all'), null);
  const { signedBy } = before;
  expect(before.manifest.tables.map(({ name }) => name)).not.toContain('backup_key');
  // The same key signs it, which stands in the database alone.
  expect(await back()).toMatchObject({ artifacts: 3, artifactsCopied: 1, signedBy });
});

test('a changed byte, a missing one and an interrupted back-up are refused by name; nothing is restored', async () => {
  const root = path.join(folder, 'damaged');
  const { name } = await back(root);
  const { folder: from, manifest } = await readManifest(root, name);
  const empty = await createTestDatabase();
  try {
    const file = tableFile(from, 'version');
    const whole = await readFile(file);
    await appendFile(file, 'x');
    await expect(restoreInto(empty.url, root)).rejects.toMatchObject({ code: 'artifact_corrupt', path: file });
    // Also when it is changed only after it was compared.
    await writeFile(file, gzipSync(''));
    await expect(restoreFrom({ root, folder: from, manifest }, empty.url)).rejects.toMatchObject({ path: file });
    // With its digest computed anew it is no longer what was signed.
    const changed = { ...manifest, tables: manifest.tables.map((table) => ({ ...table, digest: 'f'.repeat(64) })) };
    await writeFile(path.join(from, manifestName), JSON.stringify(changed));
    await expect(restoreInto(empty.url, root)).rejects.toMatchObject({
      code: 'artifact_corrupt',
      path: path.join(from, manifestName),
    });
    await writeFile(path.join(from, manifestName), JSON.stringify(manifest));
    await writeFile(file, whole);
    const [digest = ''] = manifest.artifacts;
    await unlink(path.join(root, 'artifacts', digest.slice(0, 2), digest.slice(2, 4), digest));
    await expect(restoreInto(empty.url, root)).rejects.toMatchObject({
      code: 'artifact_corrupt',
      message: expect.stringContaining(digest),
    });
    await unlink(path.join(from, manifestName));
    await expect(restoreInto(empty.url, root)).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringContaining('interrupted'),
    });
    expect((await contentOf(empty.url))['model']).toBe('');
  } finally {
    await empty.drop();
  }
});

test('an artifact that is lost already is told, by digest', async () => {
  const { modelDigest } = await world.addVersion(3, [0.1, 0.9]);
  await unlink(path.join(world.artifactDir, modelDigest.slice(0, 2), modelDigest.slice(2, 4), modelDigest));
  expect(await back(path.join(folder, 'incomplete'))).toMatchObject({ missingArtifacts: [modelDigest] });
  expect((await readdir(path.join(folder, 'incomplete'))).toSorted()).toHaveLength(2);
});

test('a first token is made once; a lost one is replaced, and the audit says why', async () => {
  const empty = await createTestDatabase();
  const database = createDatabase(empty.url, { connectionsMax: 2 });
  try {
    const first = await makeFirstToken(database, { shouldReplace: false, reason: 'new' });
    await expect(makeFirstToken(database, { shouldReplace: false, reason: 'again' })).rejects.toMatchObject({
      code: 'conflict',
    });
    const second = await makeFirstToken(database, { shouldReplace: true, reason: 'lost with a laptop' });
    const { rows } = await database.pool.query<{ id: string; live: boolean }>(
      'select token_id as id, revoked_at is null as live from token order by created_at',
    );
    expect(rows).toEqual([
      { id: first.tokenId, live: false },
      { id: second.tokenId, live: true },
    ]);
    const { rows: told } = await database.pool.query<{ type: string; reason: string }>(
      'select type, reason from audit order by seq',
    );
    expect(told.at(-1)).toEqual({ type: 'perennial.token.created', reason: 'lost with a laptop' });
    expect(JSON.stringify(told)).not.toContain(second.secret);
  } finally {
    await database.close();
    await empty.drop();
  }
});
