import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { longFiles, tierOf } from '../tiers.mjs';

/** What `npm run soak` alone runs. */
const isSoak = (file: string): boolean => file.startsWith('tests/soak/');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'perennial-tiers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files that vitest would run for the words after `npm test`, each as often as it would run it. */
function filesOf(words: readonly string[]): readonly string[] {
  const vitest = path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs');
  const list = path.join(folder, 'list.json');
  execFileSync(process.execPath, [vitest, 'list', '--filesOnly', `--json=${list}`, ...tierOf(words).args], {
    cwd: rootDir,
    stdio: 'ignore',
  });
  const listed: readonly { readonly file: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  return listed.map(({ file }) => path.relative(rootDir, file)).toSorted();
}

test('each test file is run once, by `npm test` or by `npm run test:long`, whose list is all that is left out', () => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts'], {
    cwd: rootDir,
    encoding: 'utf8',
  });
  const all = listed
    .trim()
    .split('\n')
    .filter((file) => existsSync(path.join(rootDir, file)));
  const long = filesOf(['--long']);
  expect(long).toEqual([...longFiles].toSorted());
  expect(filesOf([])).toEqual(all.filter((file) => !isSoak(file) && !long.includes(file)).toSorted());
});

test('whoever names files or projects gets them, also the long ones', () => {
  expect(tierOf(['--project', 'e2e', 'chaos'])).toEqual({ args: ['--project', 'e2e', 'chaos'], notRun: [] });
  expect(tierOf(['--long', '--bail', '1'])).toEqual({ args: [...longFiles, '--bail', '1'], notRun: [] });
});

test('`npm test` names what it leaves out', () => {
  expect(tierOf([]).notRun).toEqual(longFiles);
});
