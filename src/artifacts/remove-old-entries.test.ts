import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeOldEntries } from './remove-old-entries.ts';

const dayMs = 86_400_000;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-old-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, daysOld: number): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, 'x'.repeat(10));
  const at = new Date(Date.now() - daysOld * dayMs);
  await utimes(file, at, at);
  await utimes(path.dirname(file), at, at);
}

test('what nobody has written for long goes with its bytes; a folder with one fresh file stays', async () => {
  await put('a.bad', 31);
  await put('b.bad', 1);
  await put('c.ready', 400);
  const gone = await removeOldEntries(folder, { ageMs: 30 * dayMs, isOurs: (name) => name.endsWith('.bad') });
  expect(gone).toEqual([{ path: path.join(folder, 'a.bad'), bytes: 10 }]);
  expect((await readdir(folder)).toSorted()).toEqual(['b.bad', 'c.ready']);
});

test('of folders in folders, the inner ones are the entries', async () => {
  await put('train/fraud/1/x', 9);
  await put('train/fraud/2/deep/x', 9);
  await put('train/fraud/2/y', 0);
  await removeOldEntries(path.join(folder, 'train'), { ageMs: 7 * dayMs, depth: 2 });
  expect(await readdir(path.join(folder, 'train/fraud'))).toEqual(['2']);
});

test('a folder that is not there holds nothing', async () => {
  expect(await removeOldEntries(path.join(folder, 'none'), { ageMs: 0 })).toEqual([]);
});
