import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { forForeignFiles, type DuckDbSettings } from '../../data/duck/connect.ts';
import { identifier, pathLiteral } from '../../data/duck/sql.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { TargetSpec } from '../../domain/spec/spec.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { listNames, sayNearest } from '../../domain/words/nearest-name.ts';

const memoryLimitMb = 1_024;

/**
 * Lends a database in memory to read Parquet files with. What it cannot read is `invalid_data`. `isForeign` says that
 * somebody else wrote them.
 */
export async function withRows<Result>(
  paths: readonly string[],
  work: (connection: DuckDBConnection) => Promise<Result>,
  { isForeign }: Pick<DuckDbSettings, 'isForeign'> = {},
): Promise<Result> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${memoryLimitMb}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(isForeign === true ? forForeignFiles : {}),
  });
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } catch (error) {
      throw isPerennialError(error) ? error : unreadable(error, paths);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

export function sourceOf(paths: readonly string[]): string {
  return `read_parquet([${paths.map(pathLiteral).join(', ')}], union_by_name = true)`;
}

/** The same, with the place of its file as `_part`, a name that no column of a spec may have. */
export function fileAfterFile(paths: readonly string[]): string {
  const each = paths.map((path, at) => `SELECT *, ${at} AS "_part" FROM ${sourceOf([path])}`);
  return `(${each.join(' UNION ALL BY NAME ')})`;
}

/** The condition under which a row has a label. */
export function labelledIn({ column, task }: TargetSpec): string {
  const target = identifier(column);
  return taskOf(task).hasClasses ? `${target} IS NOT NULL` : `isfinite(CAST(${target} AS DOUBLE))`;
}

/** Column names, in lower case, and their types. */
export async function columnTypes(connection: DuckDBConnection, source: string): Promise<ReadonlyMap<string, string>> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  return new Map(
    described.getRowObjectsJS().map((row) => [String(row['column_name']).toLowerCase(), String(row['column_type'])]),
  );
}

/** Column names compare without case, as DuckDB does. */
export function typeOf(types: ReadonlyMap<string, string>, name: string): string {
  const type = types.get(name.toLowerCase());
  if (type !== undefined) return type;
  const names = [...types.keys()];
  throw new PerennialError(
    'invalid_data',
    `the training data has no column "${name}"; it has ${listNames(names)}${sayNearest(name, names)}`,
    { path: name },
  );
}

function unreadable(cause: unknown, paths: readonly string[]): PerennialError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new PerennialError('invalid_data', `the training data cannot be read: ${reason}`, {
    path: paths[0] ?? 'dataPaths',
    cause,
  });
}
