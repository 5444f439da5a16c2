import type { CsvMarks } from './scan-record.ts';

/** Blanks around a cell that are not the delimiter. */
function blanksOf(delimiter: string): string {
  return delimiter === '\t' ? ' ' : delimiter === ' ' ? '\t' : ' \t';
}

/**
 * The cells of one record as text, unquoted. A bare cell keeps its blanks. A quote that is never closed, or closed
 * before other text, is text.
 */
export function cellsOf(text: string, marks: CsvMarks): string[] {
  return splitCells(text, marks).map((cell) => cell.text);
}

interface SplitCell {
  readonly text: string;
  readonly isQuoted: boolean;
}

function splitCells(text: string, marks: CsvMarks): SplitCell[] {
  const { delimiter, quote, escape } = marks;
  const blanks = blanksOf(delimiter);
  const cells: SplitCell[] = [];
  let at = 0;
  for (;;) {
    let start = at;
    while (start < text.length && blanks.includes(text[start] ?? '')) start++;
    const quoted = text[start] === quote ? quotedCell(text, start + 1, marks, blanks) : null;
    if (quoted === null) {
      const end = text.indexOf(delimiter, at);
      cells.push({ text: end < 0 ? text.slice(at) : text.slice(at, end), isQuoted: false });
      if (end < 0) return cells;
      at = end + 1;
    } else {
      cells.push({ text: unescaped(quoted.raw, quote, escape), isQuoted: true });
      if (quoted.end >= text.length) return cells;
      at = quoted.end + 1;
    }
  }
}

/**
 * Whether a quoted text seems to begin in the middle of one bare cell and to end with a later one, as where the
 * delimiter before it is missing: then the delimiters in it have made cells, and the width may be right by chance.
 */
export function hasTornQuotes(text: string, marks: CsvMarks): boolean {
  let isOpen = false;
  for (const cell of splitCells(text, marks)) {
    if (cell.isQuoted) continue;
    const bare = cell.text.trim();
    const places = bare.split(marks.quote).length - 1;
    if (places % 2 === 0) continue;
    if (isOpen && bare.endsWith(marks.quote)) return true;
    isOpen ||= bare.indexOf(marks.quote) < bare.length - 1;
  }
  return false;
}

/** The raw text between the quotes and the place of the delimiter behind it; null where no quote closes it. */
function quotedCell(
  text: string,
  from: number,
  { delimiter, quote, escape }: CsvMarks,
  blanks: string,
): { readonly raw: string; readonly end: number } | null {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (escape !== quote && character === escape && (text[at + 1] === quote || text[at + 1] === escape)) at++;
    else if (character === quote) {
      if (text[at + 1] === quote) at++;
      else {
        let end = at + 1;
        while (end < text.length && blanks.includes(text[end] ?? '')) end++;
        return end >= text.length || text[end] === delimiter ? { raw: text.slice(from, at), end } : null;
      }
    }
  }
  return null;
}

function unescaped(raw: string, quote: string, escape: string): string {
  const doubled = raw.includes(quote) || raw.includes(escape) ? quote + quote : '';
  if (doubled === '') return raw;
  if (escape === quote) return raw.replaceAll(doubled, quote);
  const pattern = quote === '"' ? /\\(["\\])|""/g : /\\(['\\])|''/g;
  return raw.replaceAll(pattern, (_, escaped: string | undefined) => escaped ?? quote);
}

/** One record in the same marks, so that every reader takes it for the same cells. */
export function writeCells(cells: readonly string[], { delimiter, quote }: CsvMarks): string {
  return cells
    .map((cell) =>
      cell.includes(quote) || cell.includes(delimiter) || /[\r\n]/.test(cell)
        ? quote + cell.replaceAll(quote, quote + quote) + quote
        : cell,
    )
    .join(delimiter);
}
