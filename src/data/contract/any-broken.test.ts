import { expect, test } from 'vitest';
import type { Condition } from '../../domain/contract/condition.ts';
import { withDuck } from '../duck/connect.ts';
import { anyBrokenSql } from './any-broken.ts';
import type { CheckedColumn } from './checked-columns.ts';
import { conditionSql } from './condition-sql.ts';

const columns = ['x', 'y'].map((name): CheckedColumn => ({
  name,
  role: 'number',
  declared: { words: [], isClosed: false },
  reading: {},
  value: name,
  text: `CAST(CAST(${name} AS DECIMAL(38, 0)) AS VARCHAR)`,
  missing: `${name} IS NULL`,
  nested: 'false',
  localDate: 'false',
  plainNumber: 'true',
  known: null,
  comparable: null,
  judged: name,
}));
const x = { column: 'x' };
const compared = (op: '<' | '<=' | '>' | '>=' | '!=', value: number): Condition => ({
  test: 'comparison',
  left: 'x',
  op,
  right: { value },
});
const exact: Condition = { test: 'beyondExact', ...x };

const sets: readonly (readonly Condition[])[] = [
  [],
  [{ test: 'outside', ...x, min: -1, max: 3 }, exact],
  [{ test: 'outside', ...x, min: 0 }, exact],
  [{ test: 'outside', ...x, max: 2 ** 60 }, compared('>=', -(2 ** 60)), exact],
  [compared('<=', 5), compared('<', 5), compared('>=', 1), compared('!=', 2)],
  [compared('<=', 5), { test: 'outside', ...x, max: 3 }, { test: 'outside', column: 'y', min: 0, max: 0 }],
  [
    { test: 'comparison', left: 'x', op: '<=', right: { column: 'y' } },
    { test: 'missing', ...x },
  ],
];

test.each(sets)('bounds that are asked as one find the rows that each by itself finds: %#', async (...conditions) => {
  const rules = conditions.map((broken, place) => ({
    id: `rule-${place}`,
    severity: 'warn' as const,
    isTyping: false,
    about: '',
    broken,
  }));
  const single = conditions.map((condition) => `coalesce(${conditionSql(condition, columns)}, false)`);
  const values =
    'NULL, 0, -1, -1.5, 1, 2, 3, 3.5, 5, 6, -(2 ** 53), 2 ** 53, 2 ** 53 - 1, 2 ** 60, 2 ** 61, -(2 ** 61)';
  await withDuck({ threads: 1 }, async (duck) => {
    const found = await duck.rows(`SELECT x, y, coalesce(${anyBrokenSql(rules, columns)}, false) AS one,
      ${['false', ...single].join(' OR ')} AS each FROM (SELECT CAST(unnest([${values}]) AS DOUBLE) AS x),
      (SELECT CAST(unnest([NULL, 0, 1, -1]) AS DOUBLE) AS y)`);
    expect(found).toHaveLength(64);
    expect(found.filter(({ one, each }) => one !== each)).toEqual([]);
    expect(found.some(({ each }) => each === true)).toBe(conditions.length > 0);
  });
});
