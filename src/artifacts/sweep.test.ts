import { mkdtemp, rename, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from './artifact-store.ts';
import { artifactsUnder, restoreSwept, sweepArtifact } from './sweep.ts';

let root: string;
let store: ArtifactStore;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-sweep-'));
  store = createArtifactStore(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const hourMs = 3_600_000;
const fileOf = (digest: string) => path.join(root, digest.slice(0, 2), digest.slice(2, 4), digest);

async function putOld(text: string): Promise<string> {
  const digest = await store.putBytes(text);
  const at = new Date(Date.now() - 10 * hourMs);
  await utimes(fileOf(digest), at, at);
  return digest;
}

test('an old artifact goes, a young one stays, and both are listed with their bytes', async () => {
  const old = await putOld('old');
  const young = await store.putBytes('young');
  const [listed] = (await artifactsUnder(root, old.slice(0, 2))).filter(({ digest }) => digest === old);
  expect(listed).toMatchObject({ digest: old, bytes: 3 });
  const before = Date.now() - hourMs;
  expect(await sweepArtifact(root, old, before)).toBe(true);
  expect(await sweepArtifact(root, young, before)).toBe(false);
  expect([await store.has(old), await store.has(young)]).toEqual([false, true]);
});

test('what is put again is young again, however it is put', async () => {
  const digest = await putOld('again');
  await store.putBytes('again');
  expect(await sweepArtifact(root, digest, Date.now() - hourMs)).toBe(false);
  expect(await store.has(digest)).toBe(true);
});

test('uploads of the same bytes in the middle of a sweep are never lost', async () => {
  const digest = await putOld('contended');
  for (let round = 0; round < 50; round++) {
    const at = new Date(Date.now() - 10 * hourMs);
    await utimes(fileOf(digest), at, at);
    await Promise.all([
      sweepArtifact(root, digest, Date.now() - hourMs),
      store.putBytes('contended'),
      store.putBytes('contended'),
    ]);
    expect(await store.readBytes(digest)).toEqual(Buffer.from('contended'));
  }
});

test('a sweep that was killed between its moves loses nothing', async () => {
  const digest = await putOld('half way');
  await rename(fileOf(digest), path.join(root, 'incoming', `swept-${digest}-1`));
  await restoreSwept(root);
  expect(await store.has(digest)).toBe(true);
});
