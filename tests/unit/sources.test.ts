import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';

const readers = ['src', 'activities', 'workflows', 'simulator', 'models', 'tools', 'bench'];

/** A member that only one kind of source has, read off a definition. */
const members =
  'path|format|rowsMax|url|pattern|onRewrite|settleMs|endpoint|credentials|secret|query|cursor|version|batchRows';
const looksInside = new RegExp(
  String.raw`(?<!')\bsource\??\.(?:${members})\b(?!\x60)|` +
    String.raw`\bas (?:File|Folder|S3|Postgres)Source\b|\}\s*=\s*(?:\w+\.)?spec\.source\b`,
);

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(rootDir, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(rootDir, path.join(entry.parentPath, entry.name)));
}

test('what a source is made of is known to its own folder in src/sources alone', async () => {
  const files = (await Promise.all(readers.map(filesUnder))).flat();
  const others = files.filter((file) => !file.startsWith('src/sources/'));
  expect(others.length).toBeGreaterThan(500);
  const guilty: string[] = [];
  for (const file of others) {
    const lines = (await readFile(path.join(rootDir, file), 'utf8')).split('\n');
    for (const [index, line] of lines.entries())
      if (looksInside.test(line)) guilty.push(`${file}:${index + 1} ${line.trim()}`);
  }
  expect(guilty, 'ask src/sources/registry.ts for a description, a declaration or the rows').toEqual([]);
});
