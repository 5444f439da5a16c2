import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artifactCases } from '../../tests/worlds/artifact-cases.ts';
import { createArtifactStore } from './artifact-store.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'artifacts-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const hourMs = 3_600_000;
const fileOf = (root: string, digest: string) => join(root, digest.slice(0, 2), digest.slice(2, 4), digest);

async function makeOld(root: string, digests: readonly string[]): Promise<number> {
  const at = new Date(Date.now() - 10 * hourMs);
  await Promise.all(digests.map((digest) => utimes(fileOf(root, digest), at, at)));
  return Date.now() - hourMs;
}

describe('as any artifact store', () => {
  artifactCases(async () => {
    const root = join(dir, 'any');
    return {
      store: createArtifactStore(root),
      damage: (digest, text) => writeFile(fileOf(root, digest), text),
      makeOld: (digests) => makeOld(root, digests),
      leftovers: () => readdir(join(root, 'incoming')),
    };
  });
});

test('artifacts lie in two levels of folders', async () => {
  const root = join(dir, 'levels');
  const store = createArtifactStore(root);
  const digest = await store.putBytes('hello');
  expect(await store.pathOf(digest)).toBe(join(root, '2c', 'f2', digest));
});

test('what cannot be read is not called absent', async () => {
  const store = createArtifactStore(join(dir, 'unreadable'));
  const digest = await store.putBytes('hello');
  const file = await store.pathOf(digest);
  await rm(file);
  // A folder in its place cannot be read, as a file cannot be for want of descriptors.
  await mkdir(file);
  await expect(store.readBytes(digest)).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await store.stateOf(digest)).toBe('damaged');
});

test('an old artifact that is put while its sweep is in the middle, many times over', async () => {
  const root = join(dir, 'contended');
  const store = createArtifactStore(root);
  const digest = await store.putBytes('contended');
  for (let round = 0; round < 50; round++) {
    const sinceMs = await makeOld(root, [digest]);
    await Promise.all([store.sweep(digest, sinceMs), store.putBytes('contended'), store.putBytes('contended')]);
    expect(await store.readBytes(digest)).toEqual(Buffer.from('contended'));
  }
});

test('a sweep that was killed between its moves loses nothing', async () => {
  const root = join(dir, 'killed');
  const store = createArtifactStore(root);
  const digest = await store.putBytes('half way');
  await rename(fileOf(root, digest), join(root, 'incoming', `swept-${digest}-1`));
  await store.restoreSwept();
  expect(await store.has(digest)).toBe(true);
});
