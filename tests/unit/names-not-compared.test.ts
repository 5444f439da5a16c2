import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';

async function sourcesOutside(home: string): Promise<readonly string[]> {
  const folders = ['src', 'activities', 'workflows', 'simulator', 'models'];
  const lists = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(path.join(rootDir, folder), { recursive: true })).map((name) => path.posix.join(folder, name)),
    ),
  );
  const sources = lists.flat().filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'));
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.some((name) => name.startsWith(home))).toBe(true);
  return sources.filter((name) => !name.startsWith(home));
}

/** What JavaScript, or a parser, calls the type of a value shares words with the kinds of features. */
const ofJson = /(typeof [\w.()[\]?']+|\b(type|origin)) [=!]== '\w+'/g;

/** Lines that decide by one of these names: a comparison, or a case. What a record is keyed by is no comparison. */
async function decidingLines(home: string, names: string): Promise<readonly string[]> {
  const deciding = new RegExp(`[=!]== '(${names})'|'(${names})' [=!]==|\\bcase '(${names})':`);
  const found = (await sourcesOutside(home)).map(async (name) =>
    (await readFile(path.join(rootDir, name), 'utf8'))
      .split('\n')
      .filter((line) => deciding.test(line.replaceAll(ofJson, '')))
      .map((line) => `${name}: ${line.trim()}`),
  );
  return (await Promise.all(found)).flat();
}

test('what a task decides is asked of the task, never of its name', async () => {
  expect(await decidingLines('src/domain/tasks/', 'binary|multiclass|regression')).toEqual([]);
});

test('what a kind of feature decides is asked of the kind, never of its name', async () => {
  expect(await decidingLines('src/domain/features/', 'number|category|boolean|time')).toEqual([]);
});
