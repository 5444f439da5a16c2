import { spawnSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';

test.each([
  [['tools/flakes.mjs', '--nope'], "error: Unknown option '--nope'; see --help.\n"],
  [['tools/flakes.mjs', '--runs', '0'], 'error: --runs "0" is not a whole number from 1 to 1000; see --help.\n'],
])('%j is refused in one sentence', (line, sentence) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, line, { cwd: rootDir, encoding: 'utf8' });
  expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({ status: 2, stdout: '', lines: 1 });
  expect(stderr).toContain(sentence);
});

test('no tool and no benchmark reads its line in another way', async () => {
  for (const folder of ['bench', 'tools'])
    for (const name of await readdir(path.join(rootDir, folder))) {
      if (name.startsWith('options.') || !/\.(ts|mjs)$/.test(name)) continue;
      expect(await readFile(path.join(rootDir, folder, name), 'utf8'), name).not.toContain('parseArgs');
    }
});
