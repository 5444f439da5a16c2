import { describe, expect, test } from 'vitest';
import { classTokens, tokenNotes } from './class-tokens.ts';

const words = { isNumeric: false, rows: 263, rowsMin: 118 } as const;
const none = { token: 'None', rows: 137 };

describe('a text that mostly means "no value"', () => {
  test('is a class beside words', () => {
    expect(classTokens([none], { ...words, labels: ['High', 'Low'] })).toEqual([none]);
    expect(tokenNotes('risk', [none], [none], words)).toEqual([
      'None is read as a class of risk, 137 rows; take it out of the classes where it means that there is no label.',
    ]);
  });

  test('is the second class where there would be one only, whatever it is', () => {
    const nan = { token: 'nan', rows: 4 };
    expect(classTokens([nan], { ...words, labels: ['ZA'] })).toEqual([nan]);
    expect(classTokens([nan], { ...words, labels: ['ZA', 'DE'] })).toEqual([]);
  });

  test.each([
    ['among numbers', { labels: ['1.5', '2.25'], isNumeric: true }],
    ['beside yes and no', { labels: ['yes', 'No'], isNumeric: false }],
    ['where it is rarer than every class', { labels: ['High', 'Low'], isNumeric: false, rows: 100_000 }],
  ])('is missing %s', (_, aside) => {
    const one = { token: 'NA', rows: 50 };
    expect(classTokens([one], { ...words, ...aside })).toEqual([]);
    expect(tokenNotes('y', [one], [], aside)).toEqual([
      `NA in y is read as missing, 50 rows${aside.isNumeric ? '' : '; declare it as a class where it is one'}.`,
    ]);
  });
});
