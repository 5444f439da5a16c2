import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactPrefixes } from '../../src/artifacts/stored-artifact.ts';
import { sha256 } from '../../src/artifacts/digest.ts';

/** An empty artifact store, and what somebody may do to it behind its back. */
export interface StoreUnderTest {
  readonly store: ArtifactStore;
  /** Other bytes under a name, wherever its bytes are kept. */
  damage(digest: string, text: string): Promise<void>;
  /** Makes artifacts that were put count as old, and says since when what is put is young. */
  makeOld(digests: readonly string[]): Promise<number>;
  /** Names of what lies there and is no artifact, and of what was meant for a moment. */
  leftovers(): Promise<readonly string[]>;
}

/** What every artifact store promises, whatever stands behind it. */
export function artifactCases(open: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  let store: ArtifactStore;
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'artifact-cases-'));
    under = await open();
    store = under.store;
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const source = async (bytes: string | Uint8Array): Promise<string> => {
    const file = path.join(dir, 'source');
    await writeFile(file, bytes);
    return file;
  };

  test('bytes come back under the digest of what they are', async () => {
    const digest = await store.putBytes('hello');
    expect(digest).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect((await store.readBytes(digest)).toString()).toBe('hello');
    expect(await readFile(await store.pathOf(digest), 'utf8')).toBe('hello');
    expect(await readFile(await store.checkedPathOf(digest), 'utf8')).toBe('hello');
    expect(await store.lend(digest, (file) => readFile(file, 'utf8'))).toBe('hello');
    expect([await store.has(digest), await store.sizeOf(digest)]).toEqual([true, 5]);
    const other = sha256('other');
    expect([await store.has(other), await store.sizeOf(other)]).toEqual([false, null]);
    expect(await store.putBytes('')).toBe(sha256(''));
    expect((await store.readBytes(sha256(''))).length).toBe(0);
  });

  test('putting the same file twice, also at once, stores it once and leaves nothing behind', async () => {
    const file = await source(Buffer.alloc(200_000, 7));
    const digests = await Promise.all([store.putFile(file), store.putFile(file), store.putFile(file)]);
    expect(new Set(digests).size).toBe(1);
    expect(await store.putFile(file)).toBe(digests[0]);
    const prefix = (digests[0] ?? '').slice(0, 2);
    expect((await store.under(prefix)).filter(({ digest }) => digest === digests[0])).toHaveLength(1);
    expect(await under.leftovers()).toEqual([]);
  });

  test('changed bytes are refused, absent ones are not found', async () => {
    const digest = await store.putBytes('to be changed');
    await under.damage(digest, 'changed to be');
    await expect(store.readBytes(digest)).rejects.toMatchObject({ code: 'artifact_corrupt', path: digest });
    await expect(store.checkedPathOf(digest)).rejects.toMatchObject({ code: 'artifact_corrupt' });
    for (const read of ['readBytes', 'pathOf', 'checkedPathOf'] as const)
      await expect(store[read](sha256('x'))).rejects.toMatchObject({ code: 'not_found', path: sha256('x') });
    await expect(store.lend(sha256('x'), async () => 'lent')).rejects.toMatchObject({ code: 'not_found' });
    expect(await under.leftovers()).toEqual([]);
  });

  test('what is stored is told to be whole, damaged or missing, whatever copies there are', async () => {
    const digest = await store.putBytes('as it was');
    await store.pathOf(digest);
    expect(await store.stateOf(digest)).toBe('whole');
    await under.damage(digest, 'as it wos');
    expect(await store.stateOf(digest)).toBe('damaged');
    await store.putBytes('as it was');
    expect(await store.stateOf(digest)).toBe('whole');
    expect(await store.stateOf(sha256('never put'))).toBe('missing');
  });

  test.each([
    ['putFile', 'torn', 'he'],
    ['putBytes', 'torn', 'he'],
    ['putFile', 'of the same size', 'jello'],
    ['putBytes', 'of the same size', 'jello'],
  ] as const)('%s heals what is damaged: %s', async (put, _, damaged) => {
    const digest = await store.putBytes('hello');
    await under.damage(digest, damaged);
    await expect(store.checkedPathOf(digest)).rejects.toMatchObject({ code: 'artifact_corrupt' });
    expect(await store[put](put === 'putFile' ? await source('hello') : 'hello')).toBe(digest);
    expect(await readFile(await store.checkedPathOf(digest), 'utf8')).toBe('hello');
    expect((await store.readBytes(digest)).toString()).toBe('hello');
  });

  test('only digests are names', async () => {
    for (const name of ['../../etc/passwd', 'A'.repeat(64), '', 'ab'.repeat(31), `${'ab'.repeat(32)}/..`]) {
      await expect(store.pathOf(name)).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(store.has(name)).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  describe('the sweep', () => {
    const contended = Array.from({ length: 12 }, (_, at) => `contended ${at}`);
    let sinceMs: number;
    beforeAll(async () => {
      const texts = ['old', 'again as a file', 'again as bytes', ...contended];
      sinceMs = await under.makeOld(await Promise.all(texts.map((text) => store.putBytes(text))));
    });

    test('an old artifact goes, a young one stays, and both are listed with their bytes', async () => {
      const [old, young] = [sha256('old'), await store.putBytes('young')];
      const listed = (await store.under(old.slice(0, 2))).find(({ digest }) => digest === old);
      expect(listed).toMatchObject({ digest: old, bytes: 3 });
      expect(listed?.putAtMs).toBeLessThan(sinceMs);
      expect(await store.sweep(old, sinceMs)).toBe(true);
      expect(await store.sweep(old, sinceMs), 'it is gone already').toBe(false);
      expect(await store.sweep(young, sinceMs)).toBe(false);
      expect([await store.has(old), await store.has(young)]).toEqual([false, true]);
      expect(await under.leftovers()).toEqual([]);
    });

    test('what is put again is young again, however it is put', async () => {
      const digests = [await store.putFile(await source('again as a file')), await store.putBytes('again as bytes')];
      for (const digest of digests)
        expect([await store.sweep(digest, sinceMs), await store.has(digest)]).toEqual([false, true]);
    });

    test('uploads of the same bytes in the middle of a sweep are never lost', async () => {
      for (const text of contended) {
        const digest = sha256(text);
        await Promise.all([store.sweep(digest, sinceMs), store.putBytes(text), store.putBytes(text)]);
        expect(await store.sizeOf(digest)).toBe(text.length);
      }
    });

    test('every prefix of a walk is asked for once, and together they are all that is there', async () => {
      const digest = await store.putBytes('walked over');
      const all = new Map<string, number>();
      for (const prefix of artifactPrefixes)
        for (const found of await store.under(prefix)) all.set(found.digest, (all.get(found.digest) ?? 0) + 1);
      expect(all.get(digest)).toBe(1);
      expect([...all.values()].every((count) => count === 1)).toBe(true);
    });
  });
}
