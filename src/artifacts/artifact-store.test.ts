import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from './digest.ts';
import { createArtifactStore } from './artifact-store.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'artifacts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('bytes come back under the digest of what they are, in two levels of folders', async () => {
  const store = createArtifactStore(dir);
  const digest = await store.putBytes('hello');
  expect(digest).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
  expect(await store.pathOf(digest)).toBe(join(dir, '2c', 'f2', digest));
  expect((await store.readBytes(digest)).toString()).toBe('hello');
  expect(await store.has(sha256('other'))).toBe(false);
});

test('putting the same file twice, also at once, stores it once and leaves nothing behind', async () => {
  const store = createArtifactStore(dir);
  const source = join(dir, 'source');
  await writeFile(source, Buffer.alloc(200_000, 7));
  const digests = await Promise.all([store.putFile(source), store.putFile(source), store.putFile(source)]);
  expect(new Set(digests).size).toBe(1);
  expect(await readdir(join(dir, 'incoming'))).toEqual([]);
});

test('changed bytes are refused, absent ones are not found', async () => {
  const store = createArtifactStore(dir);
  const digest = await store.putBytes('hello');
  await writeFile(await store.pathOf(digest), 'jello');
  await expect(store.readBytes(digest)).rejects.toMatchObject({ code: 'artifact_corrupt' });
  await expect(store.readBytes(sha256('x'))).rejects.toMatchObject({ code: 'not_found' });
  await expect(store.pathOf(sha256('x'))).rejects.toMatchObject({ code: 'not_found' });
});

test('what cannot be read is not called absent', async () => {
  const store = createArtifactStore(dir);
  const digest = await store.putBytes('hello');
  const file = await store.pathOf(digest);
  await rm(file);
  // A folder in its place cannot be read, as a file cannot be for want of descriptors.
  await mkdir(file);
  await expect(store.readBytes(digest)).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a torn file under a digest is healed by putting the content again', async () => {
  const store = createArtifactStore(dir);
  const digest = await store.putBytes('hello');
  await writeFile(await store.pathOf(digest), 'he');
  const source = join(dir, 'source');
  await writeFile(source, 'hello');
  await store.putFile(source);
  expect((await store.readBytes(digest)).toString()).toBe('hello');
});

test.each(['putFile', 'putBytes'] as const)(
  'damage of the same size is healed by %s, and seen by whoever loads',
  async (put) => {
    const store = createArtifactStore(dir);
    const digest = await store.putBytes('hello');
    await writeFile(await store.pathOf(digest), 'jello');
    await expect(store.checkedPathOf(digest)).rejects.toMatchObject({ code: 'artifact_corrupt' });
    const source = join(dir, 'source');
    await writeFile(source, 'hello');
    expect(await store[put](put === 'putFile' ? source : 'hello')).toBe(digest);
    expect(await readFile(await store.checkedPathOf(digest), 'utf8')).toBe('hello');
  },
);

test('only digests are names', async () => {
  const store = createArtifactStore(dir);
  for (const name of ['../../etc/passwd', 'A'.repeat(64), '', 'ab'.repeat(31), `${'ab'.repeat(32)}/..`]) {
    await expect(store.pathOf(name)).rejects.toMatchObject({ code: 'invalid_request' });
  }
});
