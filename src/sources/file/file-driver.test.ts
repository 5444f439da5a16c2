import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../artifacts/digest.ts';
import type { FileSource } from '../../domain/spec/source-spec.ts';
import type { SourceBatch } from '../port.ts';
import { connectSource, declareSource, describeSource } from '../registry.ts';
import { refused } from './refusal.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'file-source-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const specOf = (path: string, more: Partial<FileSource> = {}): FileSource => ({
  kind: 'file',
  path,
  format: 'csv',
  ...more,
});
const sourceOf = (spec: FileSource) => connectSource(spec, { roots: [dir] });

async function batchesOf(spec: FileSource, from: string | null = null): Promise<SourceBatch[]> {
  const batches: SourceBatch[] = [];
  for await (const batch of sourceOf(spec).open(from, join(dir, 'work'))) batches.push(batch);
  return batches;
}

describe('one file, read whole', () => {
  test('its digest is its identity, and the same whenever it is read', async () => {
    await writeFile(join(dir, 'same.csv'), 'a\n1\n');
    const source = sourceOf(specOf('same.csv'));
    expect(await source.identify()).toEqual({ digest: sha256('a\n1\n'), bytes: 4 });
    expect(await source.identify()).toEqual(await sourceOf(specOf(join(dir, 'same.csv'))).identify());
  });

  test('its bytes come into the store as they are, and the next cursor finds nothing new', async () => {
    await writeFile(join(dir, 'once.csv'), 'a\n1\n2\n');
    const spec = specOf('once.csv', { rowsMax: 1 });
    const [batch, ...more] = await batchesOf(spec);
    expect(more).toEqual([]);
    expect(batch).toMatchObject({ name: join(dir, 'once.csv'), format: 'csv', rowsMax: 1, covers: 'whole' });
    expect(await readFile(batch?.path ?? '', 'utf8')).toBe('a\n1\n2\n');
    expect(batch?.sourceDigest).toBe((await sourceOf(spec).identify()).digest);
    expect(await batchesOf(spec, batch?.next)).toEqual([]);
  });

  test('a changed file has another identity, and is unread again', async () => {
    await writeFile(join(dir, 'grows.csv'), 'a\n1\n');
    const spec = specOf('grows.csv');
    const [before] = await batchesOf(spec);
    const lag = (from: string | null) => sourceOf(spec).lag(from);
    expect(await lag(null)).toEqual({ unread: 4, unit: 'bytes' });
    expect(await lag(before?.next ?? null)).toEqual({ unread: 0, unit: 'bytes' });
    await writeFile(join(dir, 'grows.csv'), 'a\n1\n2\n');
    expect(await lag(before?.next ?? null)).toEqual({ unread: 6, unit: 'bytes' });
    const [after] = await batchesOf(spec, before?.next);
    expect(after?.sourceDigest).not.toBe(before?.sourceDigest);
    expect(after?.covers).toBe('whole');
  });
});

describe('what a person has to repair', () => {
  const refusal = async (path: string) =>
    sourceOf(specOf(path))
      .identify()
      .then(
        () => null,
        (error: unknown) => error,
      );

  test.each([
    ['nowhere.csv', 'is not there', 'Put it there, or correct `source.path`.'],
    ['folder', 'is a folder', 'Name one CSV, NDJSON or Parquet file in it.'],
    ['plain.csv/below.csv', 'leads through something that is no folder', 'Correct `source.path`.'],
    ['circle.csv', 'is a link that leads back to itself', 'Correct `source.path`.'],
    ['x'.repeat(300), 'is longer than a path can be', 'Correct `source.path`.'],
  ])('%s %s', async (path, words, hint) => {
    await mkdir(join(dir, 'folder'), { recursive: true });
    await writeFile(join(dir, 'plain.csv'), 'a\n1\n');
    await symlink('circle.csv', join(dir, 'circle.csv')).catch(() => undefined);
    expect(await refusal(path)).toMatchObject({
      code: 'invalid_data',
      message: `The source ${join(dir, path)} ${words}.`,
      hint,
      path: 'source.path',
    });
  });

  // The user that runs this may be one who may read everything, so the file system's answer is made up.
  test('a file that this user may not read', () => {
    expect(refused('/data/a.csv', Object.assign(new Error('EACCES'), { code: 'EACCES' }))).toMatchObject({
      code: 'invalid_data',
      message: 'The source /data/a.csv may not be read by this user.',
      hint: 'Give the worker permission to read it.',
    });
  });

  test('a failure that may pass by itself stays what it is', () => {
    const error = Object.assign(new Error('EIO'), { code: 'EIO' });
    expect(refused('/data/a.csv', error)).toBe(error);
  });
});

test('a file is described by its path and declared by the word of its format', () => {
  expect(describeSource(specOf('data/a.csv'))).toBe('data/a.csv');
  expect(declareSource(specOf('a.csv'))).toEqual({ word: 'csv', args: ['a.csv'] });
  expect(declareSource(specOf('a.parquet', { format: 'parquet', rowsMax: 9, traffic: 'ignore' }))).toEqual({
    word: 'parquet',
    args: ['a.parquet', { rowsMax: 9, traffic: 'ignore' }],
  });
});
