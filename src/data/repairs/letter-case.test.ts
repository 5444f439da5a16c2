import { expect, test } from 'vitest';
import { inCase } from '../../domain/repairs/letter-case.ts';
import { trimmed } from '../../domain/repairs/white-space.ts';
import { withDuck } from '../duck/connect.ts';
import { cellSteps } from './cell-steps.ts';

const names = { text: 'c', value: 'y', computed: 'z' };

test('every character of Unicode has one upper and lower case, and is white space or not, in both', async () => {
  const sql = {
    upper: cellSteps({ repair: 'case', column: 'c', to: 'upper' }, 'category', names).made,
    lower: cellSteps({ repair: 'case', column: 'c', to: 'lower' }, 'category', names).made,
    trim: cellSteps({ repair: 'trim', column: 'c' }, 'category', names).made,
  };
  // By their bytes: the reader of results leaves a byte order mark out.
  const rows = await withDuck({ memoryMb: 512 }, (duck) =>
    duck.rows(`SELECT i, hex(${sql.upper}) AS upper, hex(${sql.lower}) AS lower, hex(${sql.trim}) AS trim FROM (
      SELECT CAST(range AS INTEGER) AS i, chr(CAST(range AS INTEGER)) AS c FROM range(1, 1114112))
      WHERE i NOT BETWEEN 55296 AND 57343`),
  );
  const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();
  const differing = rows.flatMap(({ i, upper, lower, trim }) => {
    const character = String.fromCodePoint(Number(i));
    const isSame =
      hex(inCase(character, 'upper')) === upper &&
      hex(inCase(character, 'lower')) === lower &&
      hex(trimmed(character)) === trim;
    return isSame ? [] : [Number(i).toString(16)];
  });
  expect(rows).toHaveLength(1_112_063);
  expect(differing).toEqual([]);
});
