import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeInstallationKey, readInstallationKey } from './installation-key.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'perennial-key-'));
});
afterAll(async () => rm(dir, { recursive: true }));

test('a key is made once, for its owner alone; made again it stays what it is', async () => {
  const file = path.join(dir, 'new', 'installation.key');
  expect(await makeInstallationKey(file)).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const text = await readFile(file, 'utf8');
  expect(await makeInstallationKey(file)).toBe(false);
  expect(await readFile(file, 'utf8')).toBe(text);
  const key = readInstallationKey(file);
  expect(key.derive('a')).toHaveLength(32);
  expect(key.derive('a')).toEqual(readInstallationKey(file).derive('a'));
  expect(key.derive('a')).not.toEqual(key.derive('b'));
});

test('two that make one at once have the same one', async () => {
  const file = path.join(dir, 'raced.key');
  const made = await Promise.all(Array.from({ length: 8 }, () => makeInstallationKey(file)));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await readFile(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

test('without a key, one sentence says how to make one', () => {
  expect(() => readInstallationKey(path.join(dir, 'none.key'))).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringMatching(/^There is no installation key: .*none\.key is missing\.$/),
      hint: expect.stringContaining('perennial key make'),
    }),
  );
});

test('what stands in a file that is no key is in no message', async () => {
  const file = path.join(dir, 'wrong.key');
  await writeFile(file, 'a-secret-that-is-no-key');
  try {
    readInstallationKey(file);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'configuration', message: `${file} holds no installation key.` });
    expect(JSON.stringify(error)).not.toContain('a-secret');
  }
});
