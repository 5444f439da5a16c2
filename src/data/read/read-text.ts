import { literal, pathLiteral } from '../duck/sql.ts';
import type { TableText } from './table-file.ts';

/** The engine's own default; its buffer is 16 of these, so a larger one is asked for only where a row needs it. */
const lineBytesDefault = 2_000_000;

/**
 * A table function over files that were written for it, one after the other: one dialect, LF, and the first column a
 * line number. A cell of no characters is NULL, also between quotes.
 */
export function readText(
  { tally }: Pick<TableText, 'tally'>,
  paths: readonly string[],
  delimiter: string,
  quote: string,
  columns: readonly string[],
): string {
  const types = columns.map((name, index) => `${literal(name)}: ${index === 0 ? "'BIGINT'" : "'VARCHAR'"}`).join(', ');
  // A quote in a cell is written twice at most, and a line number of at most 16 digits stands before the row.
  const lineBytesMax = Math.max(lineBytesDefault, 2 * tally.longestBytes + 32);
  return `read_csv([${paths.map(pathLiteral).join(', ')}], auto_detect = false, header = false,
    delim = ${literal(delimiter)},
    quote = ${literal(quote)}, escape = ${literal(quote)}, new_line = '\\n', columns = {${types}},
    max_line_size = ${lineBytesMax}, compression = 'none', hive_partitioning = false,
    nullstr = '', allow_quoted_nulls = true)`;
}
