import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connectSource } from '../registry.ts';

const root = await mkdtemp(path.join(tmpdir(), 'union-'));
afterAll(() => rm(root, { recursive: true, force: true }));

test('what is wrong with one of several sources names it, in words and by its path', async () => {
  const folder = (at: string) => ({ kind: 'folder', path: at, format: 'csv' }) as const;
  const source = connectSource(
    { kind: 'union', members: { archive: folder('nowhere'), live: { kind: 'push' } } },
    { roots: [root] },
  );
  await expect(source.sample?.(10, path.join(root, 'sample'))).rejects.toMatchObject({
    code: 'invalid_data',
    path: 'source.members.archive.path',
    message: `archive: The source ${path.join(root, 'nowhere')} is not there.`,
    hint: 'Put it there, or correct `source.members.archive.path`.',
  });
  const outside = connectSource(
    { kind: 'union', members: { archive: folder('/etc'), live: { kind: 'push' } } },
    { roots: [root] },
  );
  await expect(outside.refuseForeign()).rejects.toMatchObject({ path: 'source.members.archive.path' });
});

test('where none of them can be read, the first that is told of is named too', async () => {
  const file = (at: string) => ({ kind: 'file', path: at, format: 'csv' }) as const;
  const source = connectSource(
    { kind: 'union', members: { archive: file('nowhere'), live: file('nor-here') } },
    { roots: [root] },
  );
  const told = {
    path: 'source.members.archive.path',
    message: expect.stringMatching(/^archive: The source .* not there\.$/),
  };
  await expect(source.identify()).rejects.toMatchObject(told);
  await expect(source.open(null, path.join(root, 'open'))[Symbol.asyncIterator]().next()).rejects.toMatchObject(told);
});
