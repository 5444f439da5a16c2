import { describe, expect, test } from 'vitest';
import { isPerennialError } from '../../domain/words/errors.ts';
import { readJson, readYaml } from './yaml.ts';

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (isPerennialError(error)) return error.message;
    throw error;
  }
  return 'was taken';
}

describe('a hostile text is refused in one sentence', () => {
  const laughs = Array.from({ length: 12 }, (_, index) =>
    index === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]' : `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}]`,
  ).join('\n');
  const texts: readonly (readonly [string, string])[] = [
    ['aliases that grow by nine each', laughs],
    ['a part that holds itself', 'a: &a [1, *a]'],
    ['a mapping that holds itself', 'a: &a\n  b: *a'],
    ['flow lists in each other', '['.repeat(200_000)],
    ['flow mappings in each other', '{a: '.repeat(100_000)],
    ['lists in each other on one line', `${'- '.repeat(100_000)}x`],
    [
      'mappings in each other, line by line',
      Array.from({ length: 2_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
    ],
    ['nine megabytes', `a: ${'x'.repeat(9 * 1024 * 1024)}`],
    ['a member twice', 'a: 1\na: 2'],
    ['a tab for an indent', 'a:\n\tb: 1'],
    ['an unknown alias', 'a: *b'],
    ['a number and a text that are one name', '1: a\n"1": b'],
    ['flow lists in each other behind a quote', `[a", ${'['.repeat(100_000)}${']'.repeat(100_000)}, b"]`],
    // Minutes where a part of the text is looked at again from each place in it.
    ['a quote that nothing closes', `a: [${'"' + '\\"'.repeat(400_000)}`],
    ['very many members', `${Array.from({ length: 150_000 }, (_, at) => `k${at}: 1`).join('\n')}\na: *b`],
  ];
  test.each(texts)('%s', (_, text) => {
    const sentence = refusal(() => readYaml(text));
    expect(sentence).toMatch(/^The document cannot be read: .{5,120}\.$/);
  });
});

test('JSON has the same bounds', () => {
  const deep = `{"kind": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(refusal(() => readJson(deep))).toMatch(/nested deeper than 40 levels/);
  expect(refusal(() => readJson(`"${'x'.repeat(9 * 1024 * 1024)}"`))).toMatch(/larger than 8 MiB/);
  expect(readJson('{"a": [1]}')).toEqual({ a: [1] });
});

test('anchors and merge keys of an honest document are read', () => {
  expect(readYaml('a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: *a')).toEqual({ a: { x: 1 }, b: { x: 1, y: 2 }, c: { x: 1 } });
});
