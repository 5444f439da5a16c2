import { noWords, type DeclaredWords } from '../../domain/spec/declared-words.ts';
import type { CellRole } from '../../domain/cells/cell-role.ts';
import { missingTokens } from '../../domain/cells/missing-words.ts';
import { identifier, isOneOf, literal, pathLiteral } from '../duck/sql.ts';
import { withoutWords } from '../text/missing-words.ts';
import type { CommaMeaning } from '../text/number-marks.ts';
import { unitSeparator } from '../text/rewrite-lines.ts';
import { readText } from './read-text.ts';
import { rowPlace, type OpenTable, type RowRanges } from './table-file.ts';

// Every source becomes text cells first and is cast by `cells/`, because typed readers coerce in silence: DuckDB
// turns 3.7 into the BIGINT 4 and "abc" into NULL when it is told the type. NULL means missing from here on.

export interface ReadOptions {
  /** Readable rows to leave out at the start. */
  readonly rowsSkipped?: number;
  /** Only the rows of this part (`partsIn`); all by default. */
  readonly part?: number;
}

const blanks = "E' \\t\\r'";

/**
 * A subquery in file order: `n` (1-based among readable rows), `line` (the physical line in the file, 1-based; the
 * place in Parquet), `unreadable`, and the cells in a form that `cellText` knows.
 */
export function baseOf(table: OpenTable, options: ReadOptions = {}): string {
  const limit = table.rowsMax === null ? '' : ` LIMIT ${Math.floor(table.rowsMax)}`;
  const skip = options.rowsSkipped === undefined ? '' : ` WHERE n > ${Math.floor(options.rowsSkipped)}`;
  return `(SELECT * FROM (${sourceOf(table, options.part)}${limit})${skip})`;
}

function sourceOf(table: OpenTable, part?: number): string {
  const { text, csv } = table;
  if (text === null) {
    const columns = table.columns.map((column, index) => `${identifier(column.name)} AS c${index}`);
    if (part !== undefined && table.ranges !== null) return rangeOf(table, table.ranges, columns, part);
    return `SELECT row_number() OVER () AS n, row_number() OVER () AS line, false AS unreadable,
      ${columns.join(', ')} FROM read_parquet(${pathLiteral(table.path)}, hive_partitioning = false)`;
  }
  const paths = part === undefined ? text.rowsPaths : text.rowsPaths.slice(part, part + 1);
  const place = `row_number() OVER ()${part === undefined ? '' : ` + ${part * text.rowsPerFile}`} AS n`;
  if (csv !== null) {
    const cells = csv.columns.map((_, index) => `c${index}`);
    const rows = readText(text, paths, csv.delimiter, csv.quote, ['line', ...cells]);
    return `SELECT ${place}, line, false AS unreadable, ${cells.join(', ')} FROM ${rows}`;
  }
  // A line with a key twice is no row: of its two values one would be lost. Most files have none, and are not asked.
  const unlike = table.hasKeysTwice ? ` AND NOT ${hasTwice('json_keys(line_text)')}` : '';
  const lines = readText(text, paths, unitSeparator, '', ['line', 'line_text']);
  const pointers = table.columns.map((column) => literal(pointerOf(column.name))).join(', ');
  const cells = pointers === '' ? 'NULL' : `CASE WHEN readable THEN json_extract_string(line_text, [${pointers}]) END`;
  const shapes = pointers === '' ? 'NULL' : `CASE WHEN readable THEN json_type(line_text, [${pointers}]) END`;
  return `SELECT ${place}, line, NOT readable AS unreadable, line_text, ${cells} AS cells,
    ${shapes} AS shapes FROM (
    SELECT line, line_text, CASE WHEN json_valid(line_text) THEN json_type(line_text) = 'OBJECT'${unlike} ELSE false END
    AS readable FROM ${lines})`;
}

/** Whether a list of keys has one of them twice. */
export function hasTwice(keys: string): string {
  return `(len(list_distinct(${keys})) < len(${keys}))`;
}

/** The engine passes over groups of rows that lie outside of the range. */
function rangeOf(
  { path }: OpenTable,
  { rows, rowsPerPart }: RowRanges,
  columns: readonly string[],
  part: number,
): string {
  const to = Math.min(rows, (part + 1) * rowsPerPart);
  return `SELECT ${rowPlace} + 1 AS n, ${rowPlace} + 1 AS line, false AS unreadable, ${columns.join(', ')} FROM
    read_parquet(${pathLiteral(path)}, hive_partitioning = false, file_row_number = true)
    WHERE ${rowPlace} >= ${part * rowsPerPart} AND ${rowPlace} < ${to}`;
}

/** What of a text is missing in a column of a role, before and after it is declared which words are values there. */
interface RoleReading {
  /** Blanks around it are part of the value, where the format has a way to say them. */
  readonly isVerbatim: boolean;
  readonly present: (text: string, declared: DeclaredWords) => string;
}

/** Any word is a value of an open set: a country may be NA. What no closed list has is a value in no format. */
const openWords: RoleReading = {
  isVerbatim: true,
  present: (text, { words, isClosed }) => (isClosed ? withoutMissing(text, words) : `nullif(${text}, '')`),
};
const noText: RoleReading = { isVerbatim: false, present: withoutWords };

const readings: Record<CellRole, RoleReading> = {
  number: noText,
  category: openWords,
  boolean: noText,
  time: noText,
  label: { isVerbatim: false, present: (text, { words }) => withoutMissing(text, words) },
  key: openWords,
};

/**
 * The text of one cell: a VARCHAR expression over `baseOf`, NULL when missing or when the table has no such column. The
 * same cells are missing in every format; a declared word is a value: a risk may be None.
 */
export function cellText(table: OpenTable, name: string, role: CellRole, declared: DeclaredWords = noWords): string {
  const index = table.columns.findIndex((column) => column.name === name);
  if (index < 0) return 'CAST(NULL AS VARCHAR)';
  const { isVerbatim, present } = readings[role];
  if (table.csv !== null) {
    // Most columns have no blanks and no such words, and to look for them in each cell costs more than to read it. A
    // cell of no characters is none for the reader already (`readText`).
    const traits = table.csv.traits[index];
    const trimmed = traits?.hasBlankEnds === false ? `c${index}` : trimOf(`c${index}`);
    const text = withPoint(trimmed, table.csv.commas[index] ?? null, declared.words);
    return traits?.mayHoldMissingWords === false ? text : present(text, declared);
  }
  const text =
    table.format === 'ndjson'
      ? `cells[${index + 1}]`
      : parquetText(`c${index}`, table.columns[index]?.type ?? 'VARCHAR');
  return present(isVerbatim ? text : trimmedUnless(text, declared.words), declared);
}

/**
 * Of a column of texts whose file says no more of them (Parquet) and that may hold declared words alone: its cell, and
 * whether that is one of these as it stands, which no reading changes. Null for any other.
 */
export function wordsAsTheyAre(
  { format, columns }: OpenTable,
  { name, declared }: { readonly name: string; readonly declared: DeclaredWords },
): { readonly cell: string; readonly isWord: string } | null {
  const index = columns.findIndex((column) => column.name === name);
  const words = declared.words.filter((word) => word !== '');
  if (format !== 'parquet' || columns[index]?.type !== 'VARCHAR' || !declared.isClosed || words.length === 0)
    return null;
  return { cell: `c${index}`, isWord: isOneOf(`c${index}`, words) };
}

/** Whether no cell of a column begins or ends with a blank, a line end or another control character. */
export function hasCleanEnds({ csv, columns }: OpenTable, name: string): boolean {
  return csv?.traits[columns.findIndex((column) => column.name === name)]?.hasBlankEnds === false;
}

/**
 * What of a text that was made anew is the text of a cell, in any format; NULL where it says that there is no value.
 */
export function presentSql(role: CellRole, text: string, declared: DeclaredWords): string {
  const { isVerbatim, present } = readings[role];
  return present(isVerbatim ? text : trimmedUnless(text, declared.words), declared);
}

/** True where a cell is a list or an object, which no role accepts. */
export function isNested(table: OpenTable, name: string): string {
  const index = table.columns.findIndex((column) => column.name === name);
  if (index < 0 || table.csv !== null) return 'false';
  if (table.format === 'ndjson') return `coalesce(shapes[${index + 1}] IN ('OBJECT', 'ARRAY'), false)`;
  return /STRUCT|MAP|\[|UNION|BLOB/.test(table.columns[index]?.type ?? '') ? `c${index} IS NOT NULL` : 'false';
}

/** The row as it stood in the source, as JSON text: for quarantine. */
export function rawRow(table: OpenTable): string {
  if (table.format === 'ndjson') return 'line_text';
  const members = table.columns.map(
    (column, index) =>
      `${literal(column.name)}, ${table.csv !== null ? `c${index}` : parquetText(`c${index}`, column.type)}`,
  );
  return `CAST(json_object(${members.join(', ')}) AS VARCHAR)`;
}

/** Numbers with the one sign that is read everywhere; words that were declared stay as they are. */
function withPoint(text: string, comma: CommaMeaning, words: readonly string[]): string {
  if (comma === null || words.length > 0) return text;
  // Only a cell that can be one is looked at closely: the pattern costs fifteen times as much as the question.
  if (comma === 'thousands')
    return (
      `CASE WHEN contains(${text}, ',') AND regexp_full_match(${text}, '[+-]?\\d{1,3}(,\\d{3})+(\\.\\d+)?') ` +
      `THEN replace(${text}, ',', '') ELSE ${text} END`
    );
  // In such a column a point is a thousands mark as well, also in a number without a comma.
  const groups = '[.\u00a0\u202f ]';
  const pattern = `'[+-]?(\\d{1,3}(${groups}\\d{3})+(,\\d+)?|\\d+,\\d+)'`;
  const written = `replace(regexp_replace(${text}, '${groups}', '', 'g'), ',', '.')`;
  return `CASE WHEN regexp_full_match(${text}, ${pattern}) THEN ${written} ELSE ${text} END`;
}

function parquetText(cell: string, type: string): string {
  // A FLOAT's own text is shorter than its value: 0.1 for 0.10000000149011612.
  return type === 'FLOAT' ? `CAST(CAST(${cell} AS DOUBLE) AS VARCHAR)` : `CAST(${cell} AS VARCHAR)`;
}

/** `trim` walks every character (180 ns a cell, ten times the rest of the read): look at the ends first. */
function trimOf(text: string): string {
  const ends = [
    `prefix(${text}, ' ')`,
    `suffix(${text}, ' ')`,
    `prefix(${text}, E'\\t')`,
    `prefix(${text}, E'\\r')`,
    `suffix(${text}, E'\\t')`,
    `suffix(${text}, E'\\r')`,
  ];
  return `CASE WHEN ${ends.join(' OR ')} THEN trim(${text}, ${blanks}) ELSE ${text} END`;
}

/** A label that was declared with blanks around it was taken in with them. */
function trimmedUnless(text: string, words: readonly string[]): string {
  const padded = words.filter((word) => word !== word.trim());
  return padded.length === 0
    ? trimOf(text)
    : `CASE WHEN ${isOneOf(text, padded)} THEN ${text} ELSE ${trimOf(text)} END`;
}

function withoutMissing(text: string, words: readonly string[]): string {
  const missing = missingTokens.filter((token) => token === '' || !words.includes(token));
  return `CASE WHEN ${isOneOf(text, missing)} THEN NULL ELSE ${text} END`;
}

/** JSON Pointer (RFC 6901), which unlike a JSON path can name every key. */
function pointerOf(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
