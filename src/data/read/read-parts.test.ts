import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDuck } from '../duck/connect.ts';
import { withTable } from './open-table.ts';
import { baseOf } from './read-lossless.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'perennial-parts-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const texts = {
  csv: `a,b\n${Array.from({ length: 8 }, (_, row) => `${row},"x\ny"`).join('\n')}\n`,
  ndjson: Array.from({ length: 8 }, (_, row) => (row === 4 ? 'no object\n' : `{"a":${row}}\n`)).join(''),
};

test.each(['csv', 'ndjson'] as const)(
  'the rows of a %s are those of its parts, place and line included',
  async (format) => {
    const path = join(folder, `table.${format}`);
    await writeFile(path, texts[format]);
    await withTable(path, { rowsPerFile: 3 }, (table) =>
      withDuck({ threads: 1 }, async (duck) => {
        expect(table.text?.rowsPaths).toHaveLength(3);
        const rows = (part?: number) =>
          duck.rows(`SELECT * FROM ${baseOf(table, part === undefined ? {} : { part })} ORDER BY n`);
        const whole = await rows();
        expect(whole.map(({ n }) => Number(n))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
        expect([...(await rows(0)), ...(await rows(1)), ...(await rows(2))]).toEqual(whole);
      }),
    );
  },
);
