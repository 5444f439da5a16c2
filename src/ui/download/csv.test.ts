import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('a text that a spreadsheet would run is made a text; a number stays a number', () => {
  expect(csvLine(['=1+1', '+1', '-1', '@SUM(A1)', -1, 2.5, null])).toBe("'=1+1,'+1,'-1,'@SUM(A1),-1,2.5,\r\n");
  expect(csvLine(['\t=1', ' =1', '\r\n=1'])).toBe(`'\t=1,' =1,"'\r\n=1"\r\n`);
  expect(csvLine(['a,b', 'say "no"', 'two\nlines', 'plain', Number.NaN])).toBe(
    '"a,b","say ""no""","two\nlines",plain,\r\n',
  );
});
