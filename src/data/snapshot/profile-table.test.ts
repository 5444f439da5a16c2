import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDuck } from '../duck/connect.ts';
import { profileTable } from './profile-table.ts';
import { literal } from '../duck/sql.ts';

test('a histogram counts every value once; what lies beyond the percentiles is in the outer steps', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-profile-'));
  try {
    const path = join(folder, 'rows.parquet');
    const profile = await withDuck({ threads: 1 }, async (duck) => {
      await duck.run(`COPY (SELECT i::DOUBLE AS even, CASE WHEN i = 0 THEN 1e12 ELSE i % 10 END::DOUBLE AS outlier,
        5::DOUBLE AS constant,
        CASE WHEN i < 50 THEN NULL ELSE i END::DOUBLE AS gaps, i % 2 = 0 AS flag, 'x' AS word, i AS _order FROM
        range(1600) AS r(i)) TO ${literal(path)} (FORMAT parquet)`);
      const double = (name: string) => ({ name, type: 'DOUBLE' as const });
      return profileTable(duck, path, [
        double('even'),
        double('outlier'),
        double('constant'),
        double('gaps'),
        { name: 'flag', type: 'BOOLEAN' },
        { name: 'word', type: 'VARCHAR' },
        { name: '_order', type: 'BIGINT' },
      ]);
    });
    const of = new Map(profile.map((column) => [column.name, column]));
    const even = of.get('even')?.histogram;
    expect(even?.rows).toHaveLength(16);
    expect(even?.rows.reduce((sum, rows) => sum + rows, 0)).toBe(1_600);
    for (const rows of even?.rows ?? []) expect(Math.abs(rows - 100)).toBeLessThan(25);
    // One enormous value does not squeeze the others into one step.
    expect(of.get('outlier')?.histogram?.to).toBeLessThanOrEqual(9);
    expect(of.get('outlier')?.max).toBe(1e12);
    expect(of.get('constant')?.histogram).toBeUndefined();
    expect(of.get('gaps')?.histogram?.rows.reduce((sum, rows) => sum + rows, 0)).toBe(1_550);
    expect(of.get('flag')?.histogram).toBeUndefined();
    expect(of.get('word')?.histogram).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('values are counted in small tables, and words in any; beyond, numbers are estimated within a third', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-profile-'));
  try {
    const distinct = await withDuck({ threads: 1 }, async (duck) => {
      const found: number[][] = [];
      for (const rows of [1_476, 150_000]) {
        const path = join(folder, `${rows}.parquet`);
        await duck.run(`COPY (SELECT i::DOUBLE AS each, (i % 8)::DOUBLE AS few, 'c' || (i % 1200) AS word, i AS _order
          FROM range(${rows}) AS r(i)) TO ${literal(path)} (FORMAT parquet)`);
        const profile = await profileTable(duck, path, [
          { name: 'each', type: 'DOUBLE' },
          { name: 'few', type: 'DOUBLE' },
          { name: 'word', type: 'VARCHAR' },
        ]);
        found.push(profile.map((column) => column.distinct));
      }
      return found;
    });
    expect(distinct[0]).toEqual([1_476, 8, 1_200]);
    expect(distinct[1]?.[2]).toBe(1_200);
    expect(Math.abs((distinct[1]?.[0] ?? 0) / 150_000 - 1)).toBeLessThan(1 / 3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
