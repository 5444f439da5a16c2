import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureSigningKey } from './signing-key.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signing-key-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('is made once, for its owner alone, whoever else makes one', async () => {
  const file = path.join(folder, 'state', 'signing.key');
  const keys = await Promise.all(Array.from({ length: 8 }, () => ensureSigningKey(file)));
  expect(new Set(keys.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(path.dirname(file))).toEqual(['signing.key']);
  expect(await ensureSigningKey(file)).toMatchObject({ publicKey: keys[0]?.publicKey, hash: 'sha256' });
});

test('may be one of a larger curve', async () => {
  const file = path.join(folder, 'p384.key');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  await writeFile(file, privateKey.export({ type: 'sec1', format: 'pem' }));
  expect(await ensureSigningKey(file)).toMatchObject({ hash: 'sha384' });
});

const other = generateKeyPairSync('ed25519');

test.each([
  ['nothing', ''],
  ['words', 'a secret that nobody may see'],
  ['a public key', other.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ['a key of another kind', other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  [
    'a key of a curve that no verifier takes',
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  ],
  ['too much', 'x'.repeat(70_000)],
])('%s is refused without being shown', async (name, text) => {
  const file = path.join(folder, `${name.replaceAll(' ', '-')}.key`);
  await writeFile(file, text);
  const failure = await ensureSigningKey(file).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'configuration', path: 'PERENNIAL_SIGNING_KEY_FILE' });
  expect(String(failure)).not.toContain('secret that nobody');
});

test('a folder that cannot be written to is said', async () => {
  const file = path.join(folder, 'words.key', 'below-a-file.key');
  await expect(ensureSigningKey(file)).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('cannot be '),
  });
});
