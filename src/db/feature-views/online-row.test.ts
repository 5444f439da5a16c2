import pg from 'pg';
import { expect, test } from 'vitest';
import { arrayText } from './online-row.ts';

const textArray: number = 1_009;
const parse: (text: string) => readonly (string | null)[] = pg.types.getTypeParser(textArray, 'text');

test('a list of texts comes back as it was, within another list too, whatever it holds', () => {
  const texts = ['a "b"', 'back\\slash', '{x,y}', 'NULL', '', ' two\nlines ', null];
  expect(parse(arrayText(texts))).toEqual(texts);
  expect(parse(arrayText([arrayText(texts)])).map((text) => parse(text ?? ''))).toEqual([texts]);
  expect(arrayText([1.5, null, -2])).toBe('{1.5,NULL,-2}');
});
