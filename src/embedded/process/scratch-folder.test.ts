import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processStartToken } from './process-lock.mjs';
import { makeScratchFolder } from './scratch-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'scratch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('scratch of a process that is gone is removed, that of a live one is kept', async () => {
  const parent = `${process.ppid}-${encodeURIComponent(processStartToken(process.ppid) ?? '')}`;
  const reusedPid = `${process.ppid}-another`;
  for (const name of [parent, reusedPid, '999999-1', 'left-over']) await mkdir(path.join(folder, name));
  const own = await makeScratchFolder(folder);
  expect((await readdir(folder)).toSorted()).toEqual([parent, path.basename(own)].toSorted());
});

test('asked twice, a process keeps its folder', async () => {
  const own = await makeScratchFolder(folder);
  await mkdir(path.join(own, 'inside'));
  expect(await makeScratchFolder(folder)).toBe(own);
  expect(await readdir(own)).toEqual(['inside']);
});
