import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inferInOrder } from './infer-in-order.ts';
import { inferSpec } from './infer-spec.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'notes-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Sales of which the 100th has a cell too many; with `isBackwards` the newest stands first. */
async function sales(rows: number, isBackwards = false): Promise<string> {
  const path = join(dir, `sales-${rows}.csv`);
  const lines = Array.from({ length: rows }, (_, row) => {
    const at = new Date(Date.UTC(2026, 0, 1) + (isBackwards ? rows - row : row) * 60_000).toISOString();
    return `${at},${(row * 37) % 101},${row % 3 === 0 ? 'yes' : 'no'}${row === 99 ? ',' : ''}`;
  });
  await writeFile(path, `at,amount,won\n${lines.join('\n')}\n`);
  return path;
}

const setAside = '1 row is set aside, first on line 101: another number of cells than the header (row.shape).';
const lines = { lines: 601, header: 1, rows: 599, unreadable: 1 };

test('a table that nobody has described yet comes with its lines and what could not be read', async () => {
  const { lines: account, notes } = await inferSpec({ path: await sales(600), target: 'won', time: 'at' });
  expect(account).toMatchObject(lines);
  expect(notes[0]).toBe(setAside);
});

test('so does one that had to be sorted first', async () => {
  const path = await sales(600, true);
  const inferred = await inferInOrder({ path, target: 'won', time: 'at', workDir: dir });
  expect(inferred.lines).toMatchObject(lines);
  expect(inferred.notes).toContain(setAside);
  expect(inferred.readingNotes).toEqual([setAside]);
});

test('too few rows are told together with those that could not be read', async () => {
  await expect(inferSpec({ path: await sales(150), target: 'won' })).rejects.toMatchObject({
    message: expect.stringContaining(`149 rows that can be read (${setAside.slice(0, -1)}); at least`),
  });
});
