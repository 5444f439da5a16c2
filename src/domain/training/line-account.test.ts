import { expect, test } from 'vitest';
import { explainedLines, sayLines, type LineAccount } from './line-account.ts';

const account: LineAccount = {
  lines: 1_234,
  header: 1,
  rows: 1_200,
  continued: 20,
  unreadable: 4,
  blank: 3,
  preamble: 2,
  comment: 2,
  repeatedHeader: 2,
};

test('every part counts once', () => {
  expect(explainedLines(account)).toBe(account.lines);
  for (const part of Object.keys(account).filter((name) => name !== 'lines'))
    expect(explainedLines({ ...account, [part]: 0 })).toBeLessThan(account.lines);
});

test('what there is none of is not said', () => {
  expect(sayLines(account)).toBe(
    '1,234 lines: 1 header, 1,200 rows, 20 further lines of rows, 4 that could not be read, 3 blank, 2 above the ' +
      'table, 2 comment, 2 header again',
  );
  const { lines, header } = account;
  const none = { continued: 0, unreadable: 0, blank: 0, preamble: 0, comment: 0, repeatedHeader: 0 };
  expect(sayLines({ lines, header, rows: 7, ...none })).toBe('1,234 lines: 1 header, 7 rows');
});
