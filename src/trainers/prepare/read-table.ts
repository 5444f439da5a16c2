import { isText } from '../../domain/features/kind-of.ts';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { amountColumns } from '../../domain/metrics/gains.ts';
import { classesOf, taskOf } from '../../domain/tasks/task-of.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { identifier, pathLiteral } from '../../data/duck/sql.ts';
import { columnOf, columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';
import type { TrainingTable } from './table.ts';

const memoryLimitMb = 1_024;

/**
 * Reads the labelled rows of Parquet files in `_order`, column by column into typed arrays. Rows without a label are
 * dropped. Throws `invalid_data` naming the column when one is missing or holds what the spec does not know.
 */
export async function readTable(
  spec: ModelSpec,
  paths: readonly string[],
): Promise<{ table: TrainingTable; unlabelledRows: number }> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${memoryLimitMb}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    try {
      return await readWith(connection, spec, paths);
    } catch (error) {
      throw isPerennialError(error) ? error : unreadable(error, paths);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

async function readWith(
  connection: DuckDBConnection,
  spec: ModelSpec,
  paths: readonly string[],
): Promise<{ table: TrainingTable; unlabelledRows: number }> {
  const source = `read_parquet([${paths.map(pathLiteral).join(', ')}], union_by_name = true)`;
  const types = await columnTypes(connection, source);
  const wanted = wantedColumns(spec, types);
  const target = identifier(spec.target.column);
  const { hasClasses } = taskOf(spec.target.task);
  const labelled = hasClasses ? `${target} IS NOT NULL` : `isfinite(CAST(${target} AS DOUBLE))`;
  const counted = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, coalesce(sum((${labelled})::INT), 0)::DOUBLE FROM ${source}`,
  );
  const [all = 0, rows = 0] = (counted.getRowsJS()[0] ?? []).map(Number);
  const columns = wanted.map((want) => ({
    ...want,
    numbers: new Float64Array(want.isText ? 0 : rows),
    texts: new Array<string | null>(want.isText ? rows : 0),
  }));
  const list = wanted.map(({ expression }) => expression).join(', ');
  const result = await connection.stream(`SELECT ${list} FROM ${source} WHERE ${labelled} ORDER BY "_order"`);
  let at = 0;
  for await (const chunk of result) {
    for (const [index, { isText, numbers, texts }] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      for (let i = 0; i < chunk.rowCount; i++) {
        const value = vector.getItem(i);
        if (isText) texts[at + i] = typeof value === 'string' && value !== '' ? value : null;
        else numbers[at + i] = typeof value === 'number' ? value : NaN;
      }
    }
    at += chunk.rowCount;
  }
  const numbersOf = (role: string) => columns.find((column) => column.role === role)?.numbers ?? new Float64Array(rows);
  const features = spec.features.map((feature): FeatureColumn => {
    const column = columns.find((candidate) => candidate.role === `feature ${feature.name}`);
    return columnOf(
      feature,
      () => column?.texts ?? [],
      () => column?.numbers ?? new Float64Array(rows),
    );
  });
  const words = columns.find(({ role }) => role === 'target')?.texts ?? [];
  const table: TrainingTable = {
    rows,
    order: numbersOf('order'),
    eventTimeMs: spec.eventTime === null ? null : numbersOf('eventTime'),
    labels: hasClasses ? classNumbers(spec, words) : numbersOf('target'),
    columns: columnsOf(rows, features),
    amounts: new Map(amountColumns(spec.value).map((name) => [name, numbersOf(`amount ${name}`)])),
  };
  return { table, unlabelledRows: all - rows };
}

interface Wanted {
  readonly role: string;
  readonly expression: string;
  readonly isText: boolean;
}

function wantedColumns(spec: ModelSpec, types: ReadonlyMap<string, string>): Wanted[] {
  const number = (role: string, name: string): Wanted => {
    const type = typeOf(types, name);
    const expression =
      type.startsWith('TIMESTAMP') || type === 'DATE' ? `epoch_ms(${identifier(name)})` : identifier(name);
    return { role, expression: `CAST(${expression} AS DOUBLE)`, isText: false };
  };
  const text = (role: string, name: string): Wanted => {
    typeOf(types, name);
    return { role, expression: `CAST(${identifier(name)} AS VARCHAR)`, isText: true };
  };
  const { target, eventTime } = spec;
  return [
    number('order', '_order'),
    (taskOf(target.task).hasClasses ? text : number)('target', target.column),
    ...(eventTime === null ? [] : [number('eventTime', eventTime.column)]),
    ...spec.features.map((feature) => (isText(feature) ? text : number)(`feature ${feature.name}`, feature.name)),
    ...amountColumns(spec.value).map((name) => number(`amount ${name}`, name)),
  ];
}

async function columnTypes(connection: DuckDBConnection, source: string): Promise<ReadonlyMap<string, string>> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  return new Map(
    described.getRowObjectsJS().map((row) => [String(row['column_name']).toLowerCase(), String(row['column_type'])]),
  );
}

function unreadable(cause: unknown, paths: readonly string[]): PerennialError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new PerennialError('invalid_data', `the training data cannot be read: ${reason}`, {
    path: paths[0] ?? 'dataPaths',
    cause,
  });
}

/** Column names compare without case, as DuckDB does. */
function typeOf(types: ReadonlyMap<string, string>, name: string): string {
  const type = types.get(name.toLowerCase());
  if (type !== undefined) return type;
  throw new PerennialError(
    'invalid_data',
    `the training data has no column "${name}"; it has ${[...types.keys()].slice(0, 30).join(', ')}`,
    { path: name },
  );
}

function classNumbers(spec: ModelSpec, words: readonly (string | null)[]): Float64Array {
  const classes = classesOf(spec.target);
  const numbers = new Map(classes.map((name, index) => [name, index]));
  return Float64Array.from(words, (word, row) => {
    const index = numbers.get(word ?? '');
    if (index !== undefined) return index;
    throw new PerennialError(
      'invalid_data',
      `the target column "${spec.target.column}" holds "${word ?? ''}" in labelled row ${row + 1}, which is not one ` +
        `of ${classes.join(', ')}`,
      { path: spec.target.column },
    );
  });
}
