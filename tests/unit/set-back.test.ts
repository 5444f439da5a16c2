import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { withoutComments } from '../worlds/sources.ts';

const testFiles = ['src', 'activities', 'tests'].flatMap((root) =>
  readdirSync(path.join(rootDir, root), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(root, name))
    .filter((file) => (root === 'tests' ? /\.ts$/ : /\.test\.ts$/).test(file)),
);

test('what tests make due lies behind now by more than times are rounded by', () => {
  // Times are kept to the millisecond, half of which lies ahead of the `now()` that is asked right after.
  const due = /\b(?:look_at|decide_at|judge_after|deadline_at|expires_at|to_at)\s*=\s*now\(\)(?!\s*[-+])/;
  expect(testFiles.length).toBeGreaterThan(100);
  expect(testFiles.filter((file) => due.test(withoutComments(readFileSync(path.join(rootDir, file), 'utf8'))))).toEqual(
    [],
  );
});
