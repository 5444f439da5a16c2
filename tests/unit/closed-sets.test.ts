import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { alert, annotation, decision, evidence, rollout, run, token, version } from '../../src/db/schema/index.ts';
import { closedSets, innerSets } from '../../tools/house/closed-sets.ts';

/** Where a set stands; everywhere else it is imported. */
const homes = new Set([
  'src/domain/record/closed-sets.ts',
  'src/domain/record/messages.ts',
  'src/domain/rollout/routing.ts',
  'src/domain/spec/closed-sets.ts',
  'src/domain/watch/decide-retrain.ts',
]);

const word = String.raw`['"][^'"\n]+['"]`;
/** Unions of types, lists, and lists of SQL, of quoted words. */
const lists = new RegExp(String.raw`${word}(?:\s*[|,]\s*${word})+`, 'g');

const keyOf = (words: readonly string[]): string => words.toSorted().join(' ');
const known = new Map([...closedSets, ...innerSets].map(({ about, words }) => [keyOf(words), about]));

/** Every closed set that a text spells out. */
function spelledIn(text: string): readonly string[] {
  return [...text.matchAll(lists)].flatMap(([list]) => {
    const words = [...list.matchAll(/['"]([^'"]+)['"]/g)].map(([, found = '']) => found);
    const about = known.get(keyOf(words));
    return about === undefined ? [] : [about];
  });
}

function sources(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(rootDir, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
}

test('a closed set is spelled out in its home and nowhere else', () => {
  const found = sources(['src', 'activities', 'workflows', 'simulator']).flatMap((file) =>
    spelledIn(readFileSync(path.join(rootDir, file), 'utf8')).map((about) => ({ file, about })),
  );
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter(({ file }) => !homes.has(file))).toEqual([]);
});

test('types, lists and SQL are seen, in any order', () => {
  expect(spelledIn("readonly kind: 'kill' | 'freeze';")).toEqual(['kind of a freeze']);
  expect(spelledIn("z.enum(['info', 'critical', 'warning'])")).toEqual(['severity of an alert']);
  expect(spelledIn("sql`status in ('active', 'held')`")).toEqual(['rollouts under way']);
});

test('no set holds a word twice', () => {
  for (const { about, words } of [...closedSets, ...innerSets]) expect(new Set(words).size, about).toBe(words.length);
});

test('columns of the database derive from the sets', () => {
  const columns = [
    alert.kind,
    alert.severity,
    annotation.kind,
    decision.blockedBy,
    decision.trigger,
    evidence.kind,
    rollout.status,
    run.kind,
    run.status,
    token.role,
    version.status,
  ];
  for (const column of columns) expect(known.get(keyOf(column.enumValues)), column.name).toBeDefined();
});
