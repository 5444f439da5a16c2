import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureInstallationKey } from '../access/ensure-installation-key.ts';
import { readConfig } from '../config.ts';
import { createDatabase, type Database } from '../db/base/connect.ts';
import { readEntityKey } from '../db/base/entity-key.ts';
import type { Call } from '../cli/line/verb.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import { runKeyMake, runKeyReplace } from './key.ts';
import { sayKeyOfRestored } from './key-of-restored.ts';

let place: TestDatabase;
let database: Database;
let folder: string;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-key-'));
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true });
});

const fileOf = (name: string): string => path.join(folder, name);
/** Runs a verb as the command line would, with this file for its key; answers what it said to people. */
async function run(verb: (call: Call) => Promise<void>, name: string, reason: string | null = null): Promise<string> {
  const lines: string[] = [];
  await verb({
    words: [],
    config: readConfig({ DATABASE_URL: place.url, PERENNIAL_INSTALLATION_KEY_FILE: fileOf(name) }),
    out: { line: (text) => void lines.push(text), document: () => undefined, json: () => undefined },
    text: (flag) => (flag === 'reason' ? reason : null),
    texts: () => [],
    isSet: () => false,
  });
  return lines.join('\n');
}
const fingerprint = async () => (await readEntityKey(database.db)).fingerprint;

test('a start makes the key of an installation that has none; made again, it is the same', async () => {
  await ensureInstallationKey(database, fileOf('first'));
  const first = await fingerprint();
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  await ensureInstallationKey(database, fileOf('first'));
  expect(await fingerprint()).toBe(first);
  await expect(run(runKeyMake, 'first')).rejects.toMatchObject({ code: 'conflict' });
});

test('a start whose key is missing makes no other one, since that would find nothing', async () => {
  await expect(ensureInstallationKey(database, fileOf('lost'))).rejects.toMatchObject({ code: 'configuration' });
  await expect(stat(fileOf('lost'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await run(runKeyMake, 'second')).toContain('Keep a copy apart from the back-ups');
  await expect(ensureInstallationKey(database, fileOf('second'))).rejects.toMatchObject({ code: 'configuration' });
});

test('who restores is told whether the key of the back-up is here, and what to do where it is not', async () => {
  expect(await sayKeyOfRestored(database, fileOf('first'))).toMatch(
    /^Its entities are hashed under the .* in .*first\.$/,
  );
  for (const other of ['second', 'nowhere']) {
    const said = await sayKeyOfRestored(database, fileOf(other));
    expect(said).toMatch(/^The installation key is in no back-up: put that of this installation \(\w{8}\) at /);
    expect(said).toMatch(/ by `perennial key replace`\.$/);
  }
});

test('a lost key is replaced by a person, with a reason that stands in the audit, and only once', async () => {
  await expect(run(runKeyReplace, 'second')).rejects.toMatchObject({ path: '--reason' });
  const before = await fingerprint();
  expect(await run(runKeyReplace, 'second', 'it burnt')).toContain('is found by id alone');
  expect(await run(runKeyReplace, 'second', 'it burnt')).toContain('already');
  await ensureInstallationKey(database, fileOf('second'));
  const { rows } = await database.pool.query(
    "select reason, data::jsonb from audit where type = 'perennial.installation.key-replaced'",
  );
  expect(rows).toEqual([{ reason: 'it burnt', data: { before, after: await fingerprint() } }]);
});
