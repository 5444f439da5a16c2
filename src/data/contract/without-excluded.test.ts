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

test('cost of many lines and many exclusions is that of their sum', () =>
  withDuck({ threads: 1 }, async (duck) => {
    await duck.run(`CREATE TEMP TABLE checked AS SELECT 'x' AS v0`);
    await duck.run(`CREATE TEMP TABLE rejected_rows AS SELECT 'a,x' || i || ',broken' AS raw FROM range(40000) t(i)`);
    const hashes = Array.from({ length: 50_000 }, (_, one) => sha256(`k${one}`));
    const excluded = { key: 'k', hashes, columns: ['id'] };
    // 4 × 10^9 comparisons would take minutes, and the test has not that long.
    expect(await withoutExcluded(duck, checkedOf(1, 40_000), excluded)).toMatchObject({ rejected: 40_000 });
  }));
