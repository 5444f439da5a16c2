import { expect, test } from 'vitest';
import { keyFilter, matchesPattern } from './key-pattern.ts';

test.each([
  ['*.csv', ['a.csv', '.csv'], ['a.csv.gz', 'b/a.csv', 'csv']],
  ['**/*.csv', ['a.csv', 'b/a.csv', 'c/b/a.csv'], ['a.txt', 'b/a.txt']],
  ['day=*/part-?.gz', ['day=1/part-a.gz'], ['day=1/part-ab.gz', 'day=1/x/part-a.gz', 'part-a.gz']],
  ['2024/**', ['2024/a', '2024/b/c'], ['2025/a']],
  ['**/raw/**/x', ['raw/x', 'a/raw/b/c/x', 'raw/raw/x'], ['x', 'raw/x/y']],
  ['a+(b)[c]', ['a+(b)[c]'], ['aa+(b)[c]', 'a+(b)c']],
  ['*a*b*', ['xaxbx', 'ab'], ['ba', 'a']],
  ['日?.csv', ['日🙂.csv'], ['日.csv']],
])('%s', (pattern, ours, others) => {
  for (const key of ours) expect([key, matchesPattern(pattern, key)]).toEqual([key, true]);
  for (const key of others) expect([key, matchesPattern(pattern, key)]).toEqual([key, false]);
});

test('many stars over a long name take no power of its length', () => {
  // A walk that tries every way ends after the test's own limit, by years.
  expect(matchesPattern(`${'*a'.repeat(99)}b`, 'a'.repeat(1_000))).toBe(false);
  expect(matchesPattern(`${'**/a/'.repeat(39)}b`, 'a/'.repeat(500))).toBe(false);
});

test('the usual endings, packed ones among them', () => {
  const ours = keyFilter('ndjson', undefined);
  expect(['a.ndjson', 'a.jsonl.gz', 'A.JSONL', 'a.json', 'a.ndjson.zst', 'x/_b/a.ndjson'].map(ours)).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
  ]);
});
