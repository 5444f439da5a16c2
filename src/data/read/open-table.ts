import { PerennialError } from '../../domain/words/errors.ts';
import { tmpdir } from 'node:os';
import type { DataFormat, TextEncoding } from '../../domain/spec/closed-sets.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import type { KeptScan } from '../text/resume/kept-scan.ts';
import { detectTable } from './detect.ts';
import { baseOf, hasTwice } from './read-lossless.ts';
import { rewriteTable, rowsPerFileDefault } from './rewrite-table.ts';
import { rowPlace, type OpenTable, type RowRanges, type TableColumn } from './table-file.ts';
import { pathLiteral } from '../duck/sql.ts';

interface OpenOptions {
  /** The format that was declared; another one is refused. */
  readonly expected?: DataFormat;
  /** What messages call it (default: the path). */
  readonly name?: string;
  /** Look at the first rows alone (default: at all). */
  readonly rowsMax?: number | null;
  /** The encoding that was declared (default: found). */
  readonly encoding?: TextEncoding | undefined;
  readonly settings?: DuckDbSettings;
  /** A table is read in parts of so many rows (default: a million). */
  readonly rowsPerFile?: number | undefined;
  /** What an attempt before had made of its text, and where this one keeps it; absent keeps nothing. */
  readonly kept?: KeptScan | undefined;
}

const columnsMax = 5_000;

/**
 * Detects a table file, brings its text into rows, and lists its columns in file order. Throws invalid_data with one
 * sentence. The caller must `close()` it, and read it by an engine for foreign files; `withTable` does both.
 */
export async function openTable(duck: Duck, path: string, options: OpenOptions = {}): Promise<OpenTable> {
  const name = options.name ?? path;
  const { settings = {}, rowsMax = null, rowsPerFile, kept } = options;
  const file = await detectTable(path, { name, expected: options.expected, encoding: options.encoding });
  const rewritten =
    file.format === 'parquet'
      ? asItStands
      : await rewriteTable(file, settings.tempDir ?? tmpdir(), { rowsMax, rowsPerFile, kept });
  const { csv, text, close } = rewritten;
  const table = { ...file, csv, text, close, rowsMax, columns: [], hasKeysTwice: false, ranges: null };
  try {
    const named = csv?.columns.map((column) => ({ name: column, type: 'VARCHAR' }));
    const { columns, hasKeysTwice } =
      named === undefined
        ? await columnsOf(duck, table).catch((cause: unknown) => {
            throw cause instanceof PerennialError ? notRead(cause, table) : cause;
          })
        : { columns: named, hasKeysTwice: false };
    if (columns.length === 0) throw new PerennialError('invalid_data', `${name} has no columns`, { path: name });
    if (columns.length > columnsMax) {
      throw new PerennialError(
        'invalid_data',
        `${name} has ${columns.length} columns; at most ${columnsMax} are read`,
        { path: name },
      );
    }
    const ranges = text === null ? await rangesOf(duck, table, columns, rowsPerFile) : null;
    return { ...table, columns, hasKeysTwice, ranges };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the engine cannot open though it ends as Parquet does: its footer, or what that points to, is damaged. */
function notRead(cause: PerennialError, { name, format }: OpenTable): PerennialError {
  if (format === 'parquet' && cause.code === 'invalid_data')
    return new PerennialError('invalid_data', `${name} is a damaged Parquet file`, {
      path: name,
      hint: 'Copy it again from where it was written, or write it anew.',
      cause,
    });
  return new PerennialError(cause.code, `cannot read ${name}: ${cause.message}`, { path: name, cause });
}

async function rangesOf(
  duck: Duck,
  { path, rowsMax }: OpenTable,
  columns: readonly TableColumn[],
  rowsPerPart = rowsPerFileDefault,
): Promise<RowRanges | null> {
  if (columns.some(({ name }) => name.toLowerCase() === rowPlace)) return null;
  // The footer says it, and a file that holds others does not open.
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM read_parquet(${pathLiteral(path)})`);
  return { rows: Math.min(Number(row?.['rows'] ?? 0), rowsMax ?? Infinity), rowsPerPart };
}

/** Opens a table, lends it to `work` with what may read it, and removes what was written for it whatever happens. */
export async function withTable<Result>(
  path: string,
  options: OpenOptions,
  work: (table: OpenTable, duck: Duck) => Promise<Result>,
): Promise<Result> {
  return withDuck({ ...options.settings, threads: 1, isForeign: true }, async (duck) => {
    const table = await openTable(duck, path, options);
    try {
      return await work(table, duck);
    } finally {
      await table.close();
    }
  });
}

const asItStands = { csv: null, text: null, close: () => Promise.resolve() } as const;

async function columnsOf(duck: Duck, file: OpenTable): Promise<Pick<OpenTable, 'columns' | 'hasKeysTwice'>> {
  if (file.format === 'parquet') {
    const rows = await duck.rows(
      `DESCRIBE SELECT * FROM read_parquet(${pathLiteral(file.path)}, hive_partitioning = false)`,
    );
    const columns = rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
    return { columns, hasKeysTwice: false };
  }
  // First appearance decides the order, over all rows; keys are told apart by case, as JSON does. Lists of keys that
  // occur again are taken apart once.
  const rows = await duck.rows(`
    SELECT key, bool_or(twice) AS twice FROM (SELECT n, unnest(keys) AS key, generate_subscripts(keys, 1) AS place,
      ${hasTwice('keys')} AS twice FROM (
      SELECT keys, min(n) AS n FROM (
        SELECT n, CASE WHEN NOT unreadable THEN json_keys(line_text) END AS keys FROM ${baseOf(file)}) GROUP BY keys))
    GROUP BY key ORDER BY min(n * 10000 + place) LIMIT ${columnsMax + 1}`);
  return {
    columns: rows.map((row) => ({ name: String(row['key']), type: 'JSON' })),
    hasKeysTwice: rows.some((row) => row['twice'] === true),
  };
}
