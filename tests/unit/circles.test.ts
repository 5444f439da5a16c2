import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';

const folders = ['src', 'workflows', 'activities', 'models', 'simulator', 'bench', 'tools', 'tests'];

/** By file, the files of ours that it imports; types too, since a type is where it belongs or it is not. */
async function importsOf(): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(path.join(rootDir, folder), { recursive: true })).map((name) => `${folder}/${name}`),
    ),
  );
  const files = new Set(entries.flat().filter((name) => /\.tsx?$/.test(name) && !/\.(test|test-d)\.tsx?$/.test(name)));
  const found = [...files].map(async (file) => {
    const text = await readFile(path.join(rootDir, file), 'utf8');
    const named = [...text.matchAll(/^(?:import|export)\b[^;'"]*\bfrom '(\.[^']+)'/gm)];
    const imported = named.map(([, to = '']) => path.posix.join(path.posix.dirname(file), to));
    return [file, imported.filter((to) => files.has(to))] as const;
  });
  return new Map(await Promise.all(found));
}

/** One way round for each circle that a walk from file to file comes back on. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const from = way.indexOf(file);
    if (from >= 0) circles.push([...way.slice(from), file].join(' -> '));
    if (from >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}

test('a circle is found', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', []],
  ]);
  expect(circlesIn(imports)).toEqual(['a -> b -> c -> a']);
});

test('no two files need each other: they are one, or what both need belongs in a third', async () => {
  const imports = await importsOf();
  expect(imports.size).toBeGreaterThan(900);
  expect(circlesIn(imports)).toEqual([]);
});
