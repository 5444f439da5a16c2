// Values enter SQL text only through these functions: DuckDB has no parameters for identifiers, table functions'
// options or COPY targets, so quoting is the one defence and stands in one place.

/** `"name"` with quotes doubled. Throws TypeError on NUL, which would end the text early. */
export function identifier(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`;
}

/** `'text'` with quotes doubled; backslashes mean nothing in DuckDB's plain literals. Throws TypeError on NUL. */
export function literal(value: string): string {
  return `'${withoutNul(value).replaceAll("'", "''")}'`;
}

/** A finite number as a DOUBLE; a bare 0.1 would be read as a DECIMAL and compared as one. */
export function numeric(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`SQL: ${value} is not a finite number`);
  return `CAST(${literal(String(value))} AS DOUBLE)`;
}

/** Above this a hash table pays; below it, the plan of a wide table would be full of joins. */
const listedMax = 50;

/**
 * Whether a text is one of some constants; NULL for NULL. DuckDB turns every longer IN into a join with its own hash
 * table, which took 1 GB for 600 columns of 9 constants each, so short lists are compared one by one.
 */
export function isOneOf(text: string, values: readonly string[]): string {
  if (values.length === 0) return 'false';
  const list = values.map(literal).join(', ');
  return values.length > listedMax ? `(${text} IN (${list}))` : `list_contains([${list}], ${text})`;
}

/** A path for a table function: DuckDB expands `*`, `?` and `[` there, so these become one-character sets. */
export function pathLiteral(path: string): string {
  return literal(path.replaceAll(/[*?[]/g, (character) => `[${character}]`));
}

/** A SELECT of the rows of Parquet files, one file behind the other. */
export function rowsOfFiles(paths: readonly string[]): string {
  return `SELECT * FROM read_parquet([${paths.map(pathLiteral).join(', ')}])`;
}

function withoutNul(text: string): string {
  if (text.includes('\u0000')) throw new TypeError('SQL: text with a NUL character');
  return text;
}

/** Up to so many rows, values are counted one by one, which takes a third more than to estimate how many they are. */
const countedRowsMax = 100_000;

/**
 * How many values there are among so many rows: counted in small tables, beyond that an estimate (HyperLogLog). What is
 * kept of each value is its hash, so that long texts take no more memory than numbers.
 */
export function distinctOf(expression: string, rows: number): string {
  const counted =
    rows <= countedRowsMax
      ? `count(DISTINCT CASE WHEN ${expression} IS NOT NULL THEN hash(${expression}) END)`
      : `approx_count_distinct(${expression})`;
  return `CAST(${counted} AS DOUBLE)`;
}
