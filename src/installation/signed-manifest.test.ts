import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Call } from '../cli/line/verb.ts';
import { readConfig } from '../config.ts';
import { manifestName, readManifest } from './backup-manifest.ts';
import { runRestore } from './restore.ts';
import { newBackupKey, signManifest } from './sign-manifest.ts';

const name = '2026-05-03T14-30-00-000Z';
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-manifest-'));
  await mkdir(path.join(root, name));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const said = {
  formatVersion: 1,
  takenAt: '2026-05-03T14:30:00.000Z',
  installationId: null,
  temporalNamespace: null,
  auditHead: { seq: 4, hash: 'ab' },
  migrations: [],
  tables: [],
  sequences: [],
  artifacts: [],
  missingArtifacts: [],
  ofALaterRelease: { rows: 3 },
};
const key = newBackupKey();
const put = (manifest: object) => writeFile(path.join(root, name, manifestName), JSON.stringify(manifest));
const read = () => readManifest(root, null);

/** What `perennial restore --check` says. */
async function check(wanted: string | null): Promise<string> {
  const lines: string[] = [];
  const call: Call = {
    config: readConfig({}),
    words: [],
    text: (flag) => ({ from: root, key: wanted })[flag] ?? null,
    texts: () => [],
    isSet: (flag) => flag === 'check',
    out: { line: (line) => void lines.push(line), document: () => undefined, json: () => undefined },
  };
  await runRestore(call);
  return lines.join(' ');
}

describe('a manifest that was signed', () => {
  test('says by which key, also of what an earlier release cannot read', async () => {
    await put({ ...said, signature: signManifest(said, key) });
    expect(await read()).toMatchObject({ signedBy: key.publicKey });
    expect(await check(key.publicKey)).toContain(`Signed by ${key.publicKey}.`);
  });

  test.each([
    ['a member that is known', { auditHead: { seq: 5, hash: 'ab' } }],
    ['one that is not', { ofALaterRelease: { rows: 4 } }],
    ['another signer', { signature: { ...signManifest(said, key), publicKey: newBackupKey().publicKey } }],
  ])('and was changed in %s is refused', async (_, change) => {
    await put({ ...said, signature: signManifest(said, key), ...change });
    await expect(read()).rejects.toMatchObject({ code: 'artifact_corrupt' });
  });

  test('by another key is taken, unless it was said which one it must be', async () => {
    const other = newBackupKey();
    await put({ ...said, signature: signManifest(said, other) });
    expect(await check(null)).toContain(`Signed by ${other.publicKey}.`);
    await expect(check(key.publicKey)).rejects.toMatchObject({ code: 'invalid_data', path: '--key' });
  });
});

test('one of an earlier release is taken with a sentence, unless a key was asked for', async () => {
  await put(said);
  expect(await check(null)).toContain('Nobody signed it');
  await expect(check(key.publicKey)).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining('is not signed'),
  });
});
