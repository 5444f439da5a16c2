import { sayCount } from '../words/say.ts';

/**
 * Where the physical lines of a text file went. `lines` is counted from the line ends alone, the rest by the reader,
 * and the two must agree; lines behind the last row that was asked for are not counted.
 */
export interface LineAccount {
  readonly lines: number;
  readonly header: number;
  /** Rows that could be read, accepted or not. */
  readonly rows: number;
  /** Further lines of rows whose quoted cells hold line ends. */
  readonly continued: number;
  /** Lines that the reader set aside: another number of cells, a stray quote, no text of the encoding, … */
  readonly unreadable: number;
  readonly blank: number;
  /** Titles and notes above the header line, and a line `sep=`. */
  readonly preamble: number;
  readonly comment: number;
  /** The header line again, below it. */
  readonly repeatedHeader: number;
}

/** Lines that are explained; equal to `lines`, or a cell was lost. */
export function explainedLines(account: LineAccount): number {
  const { header, rows, continued, unreadable, blank, preamble, comment, repeatedHeader } = account;
  return header + rows + continued + unreadable + blank + preamble + comment + repeatedHeader;
}

/** `401 lines: 1 header, 398 rows, 2 set aside`; what there is none of is left out. */
export function sayLines(account: LineAccount): string {
  const parts: readonly (readonly [number, string])[] = [
    [account.header, 'header'],
    [account.rows, 'rows'],
    [account.continued, 'further lines of rows'],
    [account.unreadable, 'that could not be read'],
    [account.blank, 'blank'],
    [account.preamble, 'above the table'],
    [account.comment, 'comment'],
    [account.repeatedHeader, 'header again'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, about]) => `${sayCount(count)} ${about}`);
  return `${sayCount(account.lines)} lines: ${said.join(', ')}`;
}
