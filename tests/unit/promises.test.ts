import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';

/** Every word of code behind `--only` up to the end of its list: "`--only failures`, `wrong`". */
function subjectsNamed(text: string): readonly string[] {
  return [...text.matchAll(/`--only ([a-z-]+)`((?:, `[a-z-]+`)*)/g)].flatMap(([, first = '', more = '']) => [
    first,
    ...[...more.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name),
  ]);
}

test('every guarantee names the part of the benchmark that shows it, and every part is named', async () => {
  const page = await readFile(path.join(rootDir, 'docs', 'decisions-you-can-trust.md'), 'utf8');
  const tables = page.split('\n\n').filter((block) => block.startsWith('| | |\n'));
  expect(tables.length).toBeGreaterThan(10);
  for (const table of tables) expect(subjectsNamed(/\| Shown by \|.*/.exec(table)?.[0] ?? ''), table).not.toEqual([]);
  const line = ['--import', 'tsx', 'bench/judgement.ts', '--only', 'nothing'];
  const { stderr } = spawnSync(process.execPath, line, { cwd: rootDir, encoding: 'utf8' });
  const known = /--only takes one of (.*), not "nothing"/.exec(stderr)?.[1]?.split(', ') ?? [];
  expect(new Set(subjectsNamed(page))).toEqual(new Set(known));
});
