import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretsFor } from '../access/secrets-for.ts';
import { environmentWithoutSecrets, readConfig } from '../config.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { readSecret } from './read-secret.ts';

const secret = 'postgres://reader:hunter2@db/shop';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, text: string | Buffer, mode = 0o600): Promise<void> {
  await writeFile(path.join(folder, name), text);
  await chmod(path.join(folder, name), mode);
}
const refusal = (name: string, env: Record<string, string> = {}) =>
  readSecret(name, env, folder).then(
    () => null,
    (error: unknown) => error,
  );

test('a variable comes first, then the file of that name; a line end at its end is cut', async () => {
  await put('warehouse-url', `${secret}\n`);
  expect(await readSecret('warehouse-url', {}, folder)).toBe(secret);
  expect(await readSecret('warehouse-url', { PERENNIAL_SECRET_WAREHOUSE_URL: 'other' }, folder)).toBe('other');
  expect(await readSecret('warehouse-url', { PERENNIAL_SECRET_WAREHOUSE_URL: '' }, folder)).toBe(secret);
  await put('grouped', secret, 0o640);
  expect(await readSecret('grouped', {}, folder)).toBe(secret);
  await symlink('grouped', path.join(folder, 'linked'));
  expect(await readSecret('linked', {}, folder)).toBe(secret);
});

test('one that is nowhere is named with both places, whether or not there is a folder', async () => {
  const said = {
    code: 'invalid_data',
    message: 'The secret "bureau-url" is not there.',
    hint:
      'Set PERENNIAL_SECRET_BUREAU_URL, or put it into the file bureau-url of the folder PERENNIAL_SECRETS_DIR, for ' +
      'the worker.',
  };
  expect(await refusal('bureau-url')).toMatchObject(said);
  await expect(readSecret('bureau-url', {}, undefined)).rejects.toMatchObject(said);
});

test.each([
  ['everybody-reads', secret, 0o644, 'may be read by everybody'],
  ['group-writes', secret, 0o620, 'may be read by everybody or written by others'],
  ['too-large', 'x'.repeat(65_537), 0o600, 'is larger than 65536 bytes'],
  ['nothing', '\n', 0o600, 'is empty'],
  ['binary', `${secret}\u0000`, 0o600, 'no text'],
])('the file %s is refused, and nothing of it is said', async (name, text, mode, words) => {
  await put(name, text, mode);
  const error = await refusal(name);
  expect(error).toMatchObject({ code: 'invalid_data', path: 'source.secret' });
  expect(error instanceof Error && error.cause, 'a cause would be logged').toBeUndefined();
  expect(String(error)).toContain(words);
  expect(JSON.stringify([error, String(error)])).not.toContain('hunter2');
});

test('a folder is no secret, and no name leads out of the folder', async () => {
  await mkdir(path.join(folder, 'inner'));
  expect(String(await refusal('inner'))).toContain('no regular file');
  for (const name of ['../passwd', 'a/b', '.', '', 'UPPER', 'under_score', 'x'.repeat(64)])
    expect(await refusal(name)).toBeInstanceOf(PerennialError);
});

test('where scopes are declared, a model gets what they list, and is not told whether another is there', async () => {
  const read = (name: string) => Promise.resolve(`the secret ${name}`);
  const scopesOf = (text: string) => readConfig({ PERENNIAL_SECRETS_SCOPES: text }).secretScopes;
  expect(await secretsFor('fraud', scopesOf(''), read)('any')).toBe('the secret any');
  const scopes = scopesOf('payments.*=warehouse-url, fraud=bureau-url');
  expect(await secretsFor('payments.card', scopes, read)('warehouse-url')).toBe('the secret warehouse-url');
  await expect(secretsFor('payments.card', scopes, read)('bureau-url')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(secretsFor('fraud', scopes, read)('warehouse-url')).rejects.toMatchObject({ code: 'forbidden' });
  for (const wrong of ['warehouse-url', '*=', '*=A', 'x=a=b'])
    expect(() => readConfig({ PERENNIAL_SECRETS_SCOPES: wrong }), wrong).toThrow('PERENNIAL_SECRETS_SCOPES');
});

test('a child that reads no source is given none', () => {
  const env = { PERENNIAL_SECRET_SHOP: secret, PERENNIAL_SECRETS_DIR: '/secrets', PATH: '/bin' };
  expect(environmentWithoutSecrets(env)).toEqual({ PERENNIAL_SECRETS_DIR: '/secrets', PATH: '/bin' });
});
