import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import * as schema from '../../src/db/schema/index.ts';
import { tableEnds } from '../../src/domain/record/ends.ts';
import { rooms } from '../../tools/house/rooms.mjs';
import { houseTables, withTable } from '../../tools/house/tables.ts';

/** No folder of source holds more than about this many files directly: beyond it, nobody reads the list. */
const folderFilesMax = 22;

const folders = rooms.flatMap((room) => room.paths).filter((name) => !name.endsWith('.ts'));

async function entriesOf(folder: string) {
  return readdir(path.join(rootDir, folder), { withFileTypes: true });
}

async function foldersUnder(folder: string): Promise<string[]> {
  const inside = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
  return [folder, ...(await Promise.all(inside.map(({ name }) => foldersUnder(`${folder}/${name}`)))).flat()];
}

test.each(houseTables)('the table of $name in $page is written from $source', async (table) => {
  const text = await readFile(path.join(rootDir, table.page), 'utf8');
  expect(withTable(text, table), 'run `npm run house`').toBe(text);
});

test('every folder of src is a room', async () => {
  const names = (await entriesOf('src')).filter((entry) => entry.isDirectory()).map(({ name }) => `src/${name}`);
  expect(names.filter((name) => !folders.includes(name))).toEqual([]);
});

test('a room with folders lists each of them in its order', async () => {
  for (const room of rooms) {
    if (room.folders === undefined) continue;
    for (const root of room.paths) {
      const names = (await entriesOf(root)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
      expect(
        names.filter((name) => !room.folders?.includes(name)),
        root,
      ).toEqual([]);
    }
  }
});

test('no folder of source is too full to be read', async () => {
  const all = (await Promise.all(folders.map(foldersUnder))).flat();
  const counted = await Promise.all(
    all.map(async (folder) => {
      const files = (await entriesOf(folder)).filter(({ name }) => /\.(ts|tsx|mjs|js)$/.test(name));
      return { folder, files: files.filter(({ name }) => !name.includes('.test.')).length };
    }),
  );
  expect(counted.length).toBeGreaterThan(60);
  expect(counted.filter(({ files }) => files > folderFilesMax)).toEqual([]);
});

test.each(folders)('%s has a README of three to ten lines', async (folder) => {
  const text = await readFile(path.join(rootDir, folder, 'README.md'), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeGreaterThanOrEqual(3);
  expect(lines.length).toBeLessThanOrEqual(10);
});

/** Kept by the migrations themselves, outside of the schema files. */
const migrationTable = 'schema_migration';

test('every table says when its rows end, and no other does', () => {
  const tables = Object.values(schema).flatMap((one: unknown) => (is(one, PgTable) ? [getTableName(one)] : []));
  expect(tables.length).toBeGreaterThan(20);
  expect(Object.keys(tableEnds).toSorted()).toEqual([...tables, migrationTable].toSorted());
});
