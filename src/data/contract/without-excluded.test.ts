import { expect, test } from 'vitest';
import { sha256 } from '../../artifacts/digest.ts';
import { withDuck } from '../duck/connect.ts';
import type { CheckedRows } from './check-rows.ts';
import { withoutExcluded } from './without-excluded.ts';

const columns = [{ name: 'id', value: 'v0', text: 't0', role: 'key' }];
const checkedOf = (readable: number, rejected: number) =>
  ({ columns, readable, rejected, repaired: null }) as unknown as CheckedRows;

test('each part of a line that could not be split is tried, and other lines stay', () =>
  withDuck({ threads: 1 }, async (duck) => {
    await duck.run(`CREATE TEMP TABLE checked AS SELECT unnest(['ann', ' ann ', 'bob', NULL]) AS v0`);
    await duck.run(`CREATE TEMP TABLE rejected_rows AS SELECT unnest(
      ['1,ann,2', '"ann;x', 'bob,annie', '', 'ann ann']) AS raw`);
    const excluded = { key: 'k', hashes: [sha256('kann'), sha256('kcid')], columns: ['id'] };
    expect(await withoutExcluded(duck, checkedOf(4, 5), excluded)).toMatchObject({ readable: 2, rejected: 2 });
    expect(await duck.rows('SELECT raw FROM rejected_rows')).toEqual([{ raw: 'bob,annie' }, { raw: '' }]);
  }));

test('an entity of one key column is left out by that, and not by the columns beside it', () =>
  withDuck({ threads: 1 }, async (duck) => {
    const two = [...columns, { name: 'shop', value: 'v1', text: 't1', role: 'key' }];
    const checked = { ...checkedOf(4, 0), columns: two } as unknown as CheckedRows;
    const ann = sha256('kann');
    for (const [notIn, left] of [
      [undefined, ['x bob']],
      [new Map([[ann, ['shop']]]), ['bob ann', 'x bob']],
      [new Map([[ann, ['id']]]), ['ann bob', 'x bob']],
      [new Map([[sha256('kbob'), ['id', 'shop']]]), ['x bob']],
    ] as const) {
      // oxlint-disable no-await-in-loop -- one after the other: they share tables
      await duck.run(`CREATE OR REPLACE TEMP TABLE checked AS SELECT * FROM (VALUES
        ('ann', 'bob'), ('bob', 'ann'), ('ann', 'ann'), ('x', 'bob')) AS v (v0, v1)`);
      await duck.run('CREATE OR REPLACE TEMP TABLE rejected_rows AS SELECT CAST(NULL AS VARCHAR) AS raw WHERE false');
      const excluded = { key: 'k', hashes: [ann], columns: ['id', 'shop'], ...(notIn && { notIn }) };
      await withoutExcluded(duck, checked, excluded);
      const rows = await duck.rows(`SELECT v0 || ' ' || v1 AS row FROM checked ORDER BY 1`);
      expect(rows.map(({ row }) => row)).toEqual(left);
      // oxlint-enable no-await-in-loop
    }
  }));

test('cost of many lines and many exclusions is that of their sum', () =>
  withDuck({ threads: 1 }, async (duck) => {
    await duck.run(`CREATE TEMP TABLE checked AS SELECT 'x' AS v0`);
    await duck.run(`CREATE TEMP TABLE rejected_rows AS SELECT 'a,x' || i || ',broken' AS raw FROM range(40000) t(i)`);
    const hashes = Array.from({ length: 50_000 }, (_, one) => sha256(`k${one}`));
    const excluded = { key: 'k', hashes, columns: ['id'] };
    // 4 × 10^9 comparisons would take minutes, and the test has not that long.
    expect(await withoutExcluded(duck, checkedOf(1, 40_000), excluded)).toMatchObject({ rejected: 40_000 });
  }));
