import { noWords, type DeclaredWords } from '../../domain/spec/declared-words.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import { identifier, isOneOf, literal, pathLiteral } from '../duck/sql.ts';
import { withoutWords } from './missing-words.ts';
import type { OpenTable } from './table-file.ts';

// Every source becomes text cells first and is cast by `cells.ts`, because typed readers coerce in silence: DuckDB
// turns 3.7 into the BIGINT 4 and "abc" into NULL when it is told the type. NULL means missing from here on.

/** Texts that mean "no value" in a target or a closed list, unless they are declared there. Case counts. */
export const missingTokens = ['', 'NA', 'N/A', 'null', 'NULL', 'NaN', 'nan', 'None', '?'] as const;

export interface ReadOptions {
  /** Readable rows to leave out at the start. */
  readonly rowsSkipped?: number;
  /** Keep the rows that cannot be parsed in DuckDB's table `reject_errors` instead of passing over them. */
  readonly shouldKeepRejects?: boolean;
}

/** Role of a column: a feature's kind, or `label` (target) and `key` (entity). */
export type CellRole = FeatureKind | 'label' | 'key';

const blanks = "E' \\t\\r'";

/**
 * A subquery in file order: `n` (1-based among readable rows), `line` (1-based in the file, header included; blank
 * lines are not counted in CSV), `unreadable`, and the cells in a form that `cellText` knows.
 */
export function baseOf(table: OpenTable, options: ReadOptions = {}): string {
  const limit = table.rowsMax === null ? '' : ` LIMIT ${Math.floor(table.rowsMax)}`;
  const skip = options.rowsSkipped === undefined ? '' : ` WHERE n > ${Math.floor(options.rowsSkipped)}`;
  return `(SELECT * FROM (${sourceOf(table, options)}${limit})${skip})`;
}

function sourceOf(table: OpenTable, options: ReadOptions): string {
  if (table.format === 'parquet') {
    const columns = table.columns.map((column, index) => `${identifier(column.name)} AS c${index}`);
    return `SELECT row_number() OVER () AS n, row_number() OVER () AS line, false AS unreadable,
      ${columns.join(', ')} FROM read_parquet(${pathLiteral(table.path)}, hive_partitioning = false)`;
  }
  const rejects = options.shouldKeepRejects === true ? 'store_rejects = true' : 'ignore_errors = true';
  const common =
    `auto_detect = false, compression = ${literal(table.isGzip ? 'gzip' : 'none')}, ${rejects}, ` +
    `max_line_size = 16777216, hive_partitioning = false`;
  if (table.csv !== null) {
    const columns = table.columns.map((_, index) => `${literal(`c${index}`)}: 'VARCHAR'`).join(', ');
    const { delimiter, quote, escape, hasMixedLineEnds } = table.csv;
    return `SELECT row_number() OVER () AS n, row_number() OVER () + 1 AS line, false AS unreadable, * FROM
      read_csv(${pathLiteral(table.path)},
      header = true, delim = ${literal(delimiter)}, quote = ${literal(quote)}, escape = ${literal(escape)},
      strict_mode = ${!hasMixedLineEnds}, columns = {${columns}}, ${common})`;
  }
  // One JSON text per line, split at line ends only: U+001F cannot stand unescaped in JSON, so no row is split by it.
  const lines = `SELECT row_number() OVER () AS line, line_text FROM read_csv(${pathLiteral(table.path)},
    header = false, delim = '\u001f', quote = '', escape = '', strict_mode = false, columns = {'line_text':
    'VARCHAR'}, ${common})`;
  const pointers = table.columns.map((column) => literal(pointerOf(column.name))).join(', ');
  const cells = pointers === '' ? 'NULL' : `CASE WHEN readable THEN json_extract_string(line_text, [${pointers}]) END`;
  const shapes = pointers === '' ? 'NULL' : `CASE WHEN readable THEN json_type(line_text, [${pointers}]) END`;
  return `SELECT row_number() OVER () AS n, line, NOT readable AS unreadable, line_text, ${cells} AS cells,
    ${shapes} AS shapes FROM (
    SELECT line, line_text, CASE WHEN json_valid(line_text) THEN json_type(line_text) = 'OBJECT' ELSE false END AS
    readable
    FROM (${lines}) WHERE line_text IS NOT NULL AND trim(line_text, ${blanks}) <> '')`;
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
    const trimmed = trimOf(`c${index}`);
    const text = table.csv.hasDecimalComma ? `regexp_replace(${trimmed}, '^([+-]?\\d+),(\\d+)$', '\\1.\\2')` : trimmed;
    return present(text, declared);
  }
  const text =
    table.format === 'ndjson'
      ? `cells[${index + 1}]`
      : parquetText(`c${index}`, table.columns[index]?.type ?? 'VARCHAR');
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
