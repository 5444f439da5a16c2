import { mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectsCases, readObjects, type ObjectsPlace } from '../../../tests/worlds/objects-cases.ts';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { FolderSource } from '../../domain/spec/source-spec.ts';
import { caveatsOf, connectSource, declareSource, describeSource } from '../registry.ts';

let dir: string;
let store: ArtifactStore;
let count = 0;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'folder-source-'));
  store = createArtifactStore(path.join(dir, '_store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const specOf = (folder: string, more: Partial<FolderSource> = {}): FolderSource => ({
  kind: 'folder',
  path: folder,
  format: 'csv',
  ...more,
});
const sourceOf = (folder: string, more: Partial<FolderSource> = {}) =>
  connectSource(specOf(folder, more), { roots: [dir], store });

async function newFolder(): Promise<string> {
  const folder = path.join(dir, `folder-${count++}`);
  await mkdir(folder);
  return folder;
}

/** Written an hour ago, a second after whatever was written there before. */
let writtenAtS = Date.now() / 1_000 - 3_600;
async function putOld(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await utimes(file, ++writtenAtS, writtenAtS);
}

describe('as any source of objects', () => {
  objectsCases(async (): Promise<ObjectsPlace> => {
    const folder = await newFolder();
    return {
      put: (key, text) => putOld(path.join(folder, key), text),
      remove: (key) => rm(path.join(folder, key)),
      source: async (options = {}) => sourceOf(folder, options),
      nameOf: (key) => path.join(folder, key),
    };
  });
});

test('a file that may still be written waits until it has settled', async () => {
  const folder = await newFolder();
  await putOld(path.join(folder, 'a.csv'), 'a');
  await writeFile(path.join(folder, 'b.csv'), 'half of it');
  const source = sourceOf(folder);
  const [taken, ...others] = await readObjects(source);
  expect([taken?.text, others]).toEqual(['a', []]);
  expect(await source.lag(taken?.next ?? null)).toEqual({ unread: 0, unit: 'files' });
  const hastier = sourceOf(folder, { settleMs: 0 });
  expect(await readObjects(hastier, taken?.next)).toMatchObject([{ text: 'half of it' }]);
  // One that is being written again is not called written again before it has settled.
  await writeFile(path.join(folder, 'a.csv'), 'a longer one');
  expect((await source.identify(taken?.next)).findings).toEqual([]);
  expect((await hastier.identify(taken?.next)).findings).toMatchObject([{ kind: 'rewritten' }]);
});

test('a folder in which all is still written is asked again', async () => {
  const folder = await newFolder();
  await writeFile(path.join(folder, 'a.csv'), 'half');
  const waits = { code: 'unavailable', retryable: true, message: `All objects of ${folder} may still be written.` };
  await expect(sourceOf(folder).identify()).rejects.toMatchObject(waits);
  await expect(readObjects(sourceOf(folder))).rejects.toMatchObject(waits);
});

test('a clock that runs ahead keeps no file out for ever', async () => {
  const folder = await newFolder();
  const aheadS = Date.now() / 1_000 + 86_400;
  await writeFile(path.join(folder, 'a.csv'), 'a');
  await utimes(path.join(folder, 'a.csv'), aheadS, aheadS);
  expect(await readObjects(sourceOf(folder))).toMatchObject([{ text: 'a' }]);
});

test('a file that changes while it is read is left for the next time', async () => {
  const folder = await newFolder();
  const file = path.join(folder, 'b.csv');
  await putOld(path.join(folder, 'a.csv'), 'a');
  await putOld(file, 'as it was listed');
  const source = sourceOf(folder);
  const texts: string[] = [];
  let cursor: string | null = null;
  for await (const batch of source.open(null, path.join(dir, '_work'))) {
    texts.push(batch.name);
    cursor = batch.next;
    // Behind the list, in front of the copy.
    if (batch.name.endsWith('a.csv')) await putOld(file, 'written meanwhile');
  }
  expect(texts).toEqual([path.join(folder, 'a.csv')]);
  expect(await readObjects(source, cursor)).toMatchObject([{ text: 'written meanwhile' }]);
});

describe('what a person has to repair', () => {
  const refusalOf = (folder: string, more: Partial<FolderSource> = {}) =>
    sourceOf(folder, more)
      .identify()
      .then(
        () => null,
        (error: unknown) => error,
      );

  test('links out of the roots, and links to folders, are refused by name', async () => {
    const outside = await mkdtemp(path.join(tmpdir(), 'folder-outside-'));
    try {
      await writeFile(path.join(outside, 'secret.csv'), 'secret');
      const folder = await newFolder();
      await symlink(path.join(outside, 'secret.csv'), path.join(folder, 'link.csv'));
      expect(await refusalOf(folder)).toMatchObject({
        code: 'invalid_data',
        message: `The source ${path.join(folder, 'link.csv')} leads outside of the source roots of this model.`,
      });
      await rm(path.join(folder, 'link.csv'));
      await symlink(dir, path.join(folder, 'circle.csv'));
      expect(await refusalOf(folder)).toMatchObject({ message: expect.stringContaining('is a link to a folder') });
      await symlink(outside, path.join(dir, 'led-out'));
      expect(await refusalOf('led-out')).toMatchObject({ message: expect.stringContaining('leads outside') });
      await expect(sourceOf(outside).refuseForeign()).rejects.toMatchObject({
        message: `The source ${outside} lies outside of the source roots of this model.`,
      });
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  test('a link to a file within the roots is that file', async () => {
    const folder = await newFolder();
    await putOld(path.join(dir, 'linked.csv'), 'linked');
    await symlink(path.join(dir, 'linked.csv'), path.join(folder, 'a.csv'));
    expect(await readObjects(sourceOf(folder))).toMatchObject([{ text: 'linked' }]);
  });

  test('no folder, or a file in its place', async () => {
    expect(await refusalOf('nowhere')).toMatchObject({
      code: 'invalid_data',
      message: `The source ${path.join(dir, 'nowhere')} is not there.`,
    });
    await putOld(path.join(dir, 'plain.csv'), 'a');
    expect(await refusalOf('plain.csv')).toMatchObject({
      code: 'invalid_data',
      message: `The source ${path.join(dir, 'plain.csv')} is no folder.`,
    });
  });

  test.runIf(process.platform === 'linux')('a name that is not UTF-8 is refused, and not passed over', async () => {
    const folder = await newFolder();
    await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.csv')]), 'a');
    expect(await refusalOf(folder)).toMatchObject({
      code: 'invalid_data',
      message: `The source ${folder}/caf\ufffd.csv has a name that is not UTF-8.`,
    });
  });

  test('the state of Perennial is no source', async () => {
    const state = path.join(dir, '.perennial', 'spool');
    await mkdir(state, { recursive: true });
    await putOld(path.join(state, 'a.csv'), 'state');
    expect(await refusalOf('.perennial/spool')).toMatchObject({
      message: expect.stringContaining('belongs to the state'),
    });
  });
});

test('what was taken is not read again after the record of it was damaged: the failure says so', async () => {
  const folder = await newFolder();
  await putOld(path.join(folder, 'a.csv'), 'a');
  const [taken] = await readObjects(sourceOf(folder));
  const elsewhere = connectSource(specOf(folder), {
    roots: [dir],
    store: createArtifactStore(path.join(dir, '_other-store')),
  });
  await expect(readObjects(elsewhere, taken?.next)).rejects.toMatchObject({ code: 'not_found' });
});

test('it is described by its path and declared by its word', () => {
  expect(describeSource(specOf('data/days'))).toBe('data/days');
  expect(declareSource(specOf('data/days', { pattern: '*.gz', onRewrite: 'retake' }))).toEqual({
    word: 'folder',
    args: ['data/days', { format: 'csv', pattern: '*.gz', onRewrite: 'retake' }],
  });
});

test('a sample is the first file that is whole; nothing is taken, and no store is needed', async () => {
  const folder = await newFolder();
  await putOld(path.join(folder, 'a.csv'), 'first');
  await putOld(path.join(folder, 'b.csv'), 'second');
  const source = connectSource(specOf(folder), { roots: [dir] });
  const batch = await source.sample?.(10, path.join(dir, 'sample'));
  expect(batch).toMatchObject({ name: path.join(folder, 'a.csv'), format: 'csv' });
  expect(await readFile(batch?.path ?? '', 'utf8')).toBe('first');
  expect(await source.lag(null)).toEqual({ unread: 2, unit: 'files' });
  expect(caveatsOf(specOf(folder, { onRewrite: 'retake' }))[1]).toContain('everything is read anew');
});
