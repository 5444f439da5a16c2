import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { codeDigest } from './workflow-bundle.ts';

let root: string;

afterEach(() => rm(root, { recursive: true, force: true }));

test('the bundle is built anew when a file changes that goes into it, however deep it stands', async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-bundle-'));
  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  };
  await put('package.json', '{}');
  await put('src/statistics/mean.ts', 'one');
  await put('src/domain/words/ids.ts', 'one');
  await put('workflows/model/decide.ts', 'one');
  const digests = new Set([await codeDigest(root)]);
  for (const name of ['src/statistics/mean.ts', 'src/domain/words/ids.ts', 'workflows/model/decide.ts']) {
    await put(name, 'another');
    digests.add(await codeDigest(root));
  }
  expect(digests.size).toBe(4);
  await put('workflows/model/decide.test.ts', 'a test is not in the bundle');
  expect(digests).toContain(await codeDigest(root));
});
