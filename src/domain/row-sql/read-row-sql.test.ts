import { expect, test } from 'vitest';
import { readRowSql } from './read-row-sql.ts';
import type { RowSqlType } from './tree.ts';

const columns = new Map<string, RowSqlType>([
  ['price', 'number'],
  ['cost', 'number'],
  ['code', 'text'],
  ['isNew', 'truth'],
  ['happened', 'time'],
  ['order', 'number'],
]);

const problemOf = (text: string): string => {
  const read = readRowSql(text, (name) => columns.get(name) ?? null);
  return 'tree' in read ? 'taken' : `${read.problem.message}. ${read.problem.fix}`;
};

test.each([
  'price >= cost',
  '"order" > 1',
  "code in ('a', 'b') or (isNew and price between 1 and 2)",
  "happened >= '2024-01-01' and epoch_ms(happened) % 1000 = 0",
  'case when isNew then price else cost end > 0',
  'length(code) = 3 is not false',
  'isNew',
])('%s is taken', (text) => {
  expect(problemOf(text)).toBe('taken');
});

test.each([
  ['price', 'it is not true or false.'],
  ['1 = 1', 'it names no column, so that it decides nothing.'],
  ['', 'it ends where a column, a constant or a function is expected.'],
  ['prise > 1', 'there is no column prise.'],
  ["price > 'a'", '> stands between a number and text.'],
  ['happened > 5', '> stands between a time and a number. Use epoch_ms(...) of the time, or write the time as text.'],
  ["happened > '2024-02-30'", "'2024-02-30' is no time."],
  ['price and isNew', 'AND takes a condition and is given a number.'],
  ['price = cost = 1', '= cannot stand where it does.'],
  ['order > 1', 'order is a word of SQL and cannot stand here. A column is quoted: "order".'],
  ['(select 1) = price', 'it has a query, and is about one row.'],
  ['exists (select 1)', 'exists() is no function here.'],
  ['price > (select max(price) from t)', 'it has a query, and is about one row.'],
  ['price in (select 1)', 'it has a query, and is about one row.'],
  ['sum(price) > 1', 'sum() is no function here. There are abs, ceil, '],
  ['row_number() over () > 1', 'row_number() is no function here.'],
  ["read_csv('/etc/passwd') = 1", 'read_csv() is no function here.'],
  ["getenv('HOME') = code", 'getenv() is no function here.'],
  ['price > 1; drop table t', 'it has a semicolon, and is one expression.'],
  ['price > 1 -- x', 'it has a comment (--).'],
  ['price > 1 /* x */', 'it has a comment (/*).'],
  ['t.price > 1', '"." at character 2 is no part of an expression.'],
  ['price::int > 1', '":" at character 6 is no part of an expression.'],
  ["code || 'a' = code", '"|" at character 6 is no part of an expression.'],
  ['price > $1', '"$" at character 9 is no part of an expression.'],
  ["code = 'a", "a ' is not closed."],
  ['price, cost', ', cannot stand where it does.'],
  ['abs(price, cost) > 1', 'abs() takes one value and is given 2.'],
  ['price > 1e400', '1e400 is no number that a double can hold.'],
  ["code = '\u0000'", 'it has a character that no file can hold.'],
  ["code = '\ud800'", 'it has a character that no file can hold.'],
  [`${'('.repeat(30)}price${')'.repeat(30)} > 1`, 'it is nested more than 24 deep.'],
  [`price > ${Array.from({ length: 120 }, () => '1').join('+')}`, 'it has more than 200 parts.'],
  [`price in (${Array.from({ length: 51 }, () => '1').join()})`, 'a list has 51 members, more than 50.'],
  [`price > ${' '.repeat(1_000)}1`, 'it has more than 1000 characters.'],
])('%s is refused', (text, said) => {
  expect(problemOf(text)).toContain(said);
});
