import { columnKind, fitsKind, isMissingWord } from './column-kind.ts';

/** Rows below which nothing is said: a row of words over few numbers may be anything. */
const rowsMin = 10;

/**
 * Whether the first row below the header is a second header, such as units or "Response": none of its cells is what its
 * column holds, whether numbers or a few words, or occurs in it again.
 */
export function isSecondHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  if (rest.length < rowsMin) return false;
  let words = 0;
  let numbers = 0;
  for (const [index, cell] of first.entries()) {
    if (isMissingWord(cell)) continue;
    const column = rest.map((row) => row[index] ?? '');
    const kind = columnKind(column);
    if (fitsKind(cell, kind) === true || column.includes(cell)) return false;
    if (kind?.holds === 'numbers') numbers++;
    else if (kind?.holds === 'words') words++;
  }
  return words >= 3 || (numbers >= 1 && numbers + words >= 2);
}
