import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInBrowser } from './open.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-open-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opener(body: string): Promise<string> {
  const file = path.join(folder, `opener-${body.length}`);
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

test('the address is one argument that no shell reads', async () => {
  const file = await opener(`printf '%s|' "$#" "$1" > ${folder}/heard`);
  const url = 'http://127.0.0.1:8081/sign-in?code=a&next=%2Fmodels%2Ffraud;touch$(id)';
  expect(await openInBrowser(url, [file])).toBe(true);
  expect(await readFile(path.join(folder, 'heard'), 'utf8')).toBe(`1|${url}|`);
});

test('no browser, or one that refuses, is told', async () => {
  expect(await openInBrowser('http://a', [path.join(folder, 'nothing')])).toBe(false);
  expect(await openInBrowser('http://a', [await opener('exit 3')])).toBe(false);
});
