import { PerennialError } from '../../domain/words/errors.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import { detectTable } from './detect.ts';
import { baseOf } from './read-lossless.ts';
import type { OpenTable, TableColumn, TableFile } from './table-file.ts';
import { pathLiteral } from '../duck/sql.ts';

interface OpenOptions {
  /** The format that was declared; another one is refused. */
  readonly expected?: DataFormat;
  /** What messages call it (default: the path). */
  readonly name?: string;
  /** Look at the first rows alone (default: at all). */
  readonly rowsMax?: number | null;
  readonly settings?: DuckDbSettings;
}

/** NDJSON has no list of columns: the keys of so many first rows are taken for it. */
const keyRowsSampled = 2_000;
const columnsMax = 5_000;

/** Detects a table file and lists its columns in file order. Throws invalid_data with one sentence. */
export async function openTable(path: string, options: OpenOptions = {}): Promise<OpenTable> {
  const name = options.name ?? path;
  const file = await detectTable(path, { name, expected: options.expected });
  const columns = await withDuck(options.settings ?? {}, (duck) => columnsOf(duck, file)).catch((cause: unknown) => {
    throw cause instanceof PerennialError
      ? new PerennialError(cause.code, `cannot read ${name}: ${cause.message}`, { path: name, cause })
      : cause;
  });
  if (columns.length === 0) throw new PerennialError('invalid_data', `${name} has no columns`, { path: name });
  if (columns.length > columnsMax)
    throw new PerennialError('invalid_data', `${name} has ${columns.length} columns; at most ${columnsMax} are read`, {
      path: name,
    });
  return { ...file, columns, rowsMax: options.rowsMax ?? null };
}

async function columnsOf(duck: Duck, file: TableFile): Promise<readonly TableColumn[]> {
  if (file.csv !== null) return file.csv.columns.map((name) => ({ name, type: 'VARCHAR' }));
  if (file.format === 'parquet') {
    const rows = await duck.rows(
      `DESCRIBE SELECT * FROM read_parquet(${pathLiteral(file.path)}, hive_partitioning = false)`,
    );
    return rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
  }
  // First appearance decides the order; keys are told apart by case, as JSON does.
  const rows = await duck.rows(`
    SELECT key FROM (SELECT n, unnest(json_keys(line_text)) AS key, generate_subscripts(json_keys(line_text), 1) AS
    place FROM (
      SELECT n, line_text FROM ${baseOf({ ...file, columns: [], rowsMax: keyRowsSampled })}
    ) WHERE CASE WHEN json_valid(line_text) THEN json_type(line_text) = 'OBJECT' ELSE false END)
    GROUP BY key ORDER BY min(n * 10000 + place)`);
  return rows.map((row) => ({ name: String(row['key']), type: 'JSON' }));
}
