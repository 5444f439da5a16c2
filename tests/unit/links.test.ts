import { readdirSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { rooms } from '../../tools/house/rooms.mjs';

/** A document that names a file sends its reader there: after a move it would send him nowhere. */
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...rooms
    .flatMap((room) => room.paths)
    .filter((name) => !name.endsWith('.ts'))
    .map((name) => `${name}/README.md`),
  ...readdirSync(path.join(rootDir, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The files that a document links to; addresses of other hosts and anchors within the page are none. */
function linkedFrom(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

test.each(documents)('every path that %s links to exists', async (document) => {
  const file = path.join(rootDir, document);
  const missing: string[] = [];
  for (const target of linkedFrom(await readFile(file, 'utf8')))
    if (!(await isThere(path.resolve(path.dirname(file), decodeURI(target))))) missing.push(target);
  expect(missing).toEqual([]);
});

test('the documents that name the stations of the way have links to look at', async () => {
  for (const document of ['README.md', 'docs/architecture.md'])
    expect(linkedFrom(await readFile(path.join(rootDir, document), 'utf8')).length, document).toBeGreaterThan(20);
});

test('every decision has a number of its own, the one in its title', async () => {
  const files = readdirSync(path.join(rootDir, 'docs', 'decisions'));
  const numbers = files.map((name) => Number(name.slice(0, 4)));
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  for (const [index, name] of files.entries()) {
    const title = (await readFile(path.join(rootDir, 'docs', 'decisions', name), 'utf8')).split('\n')[0];
    expect(title, name).toMatch(new RegExp(`^# ${String(numbers[index])}\\. `));
  }
});
