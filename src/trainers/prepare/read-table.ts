import { isText } from '../../domain/features/kind-of.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import { PerennialError } from '../../domain/words/errors.ts';
import { amountColumns } from '../../domain/metrics/gains.ts';
import { classesOf, taskOf } from '../../domain/tasks/task-of.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { identifier } from '../../data/duck/sql.ts';
import { columnOf, columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';
import { columnTypes, fileAfterFile, labelledIn, sourceOf, typeOf, withRows } from './rows-source.ts';
import type { TrainingTable } from './table.ts';
import { Words } from './words.ts';

/** The order of rows: that of time over all files, or one file after the other, each in the order of time. */
type Arranged = 'by time' | 'by file';

/**
 * Reads the labelled rows of Parquet files in `_order`, column by column into typed arrays. Rows without a label are
 * dropped; of the others the first `rowsMax` are read. Throws `invalid_data` naming the column when one is missing or
 * holds what the spec does not know.
 */
export async function readTable(
  spec: ModelSpec,
  paths: readonly string[],
  arranged: Arranged = 'by time',
  rowsMax = Infinity,
): Promise<{ table: TrainingTable; unlabelledRows: number }> {
  return withRows(paths, (connection) => readWith(connection, spec, paths, { arranged, rowsMax }));
}

async function readWith(
  connection: DuckDBConnection,
  spec: ModelSpec,
  paths: readonly string[],
  { arranged, rowsMax }: { readonly arranged: Arranged; readonly rowsMax: number },
): Promise<{ table: TrainingTable; unlabelledRows: number }> {
  const source = arranged === 'by time' ? sourceOf(paths) : fileAfterFile(paths);
  const order = arranged === 'by time' ? '"_order"' : '"_part", "_order"';
  const types = await columnTypes(connection, source);
  const wanted = wantedColumns(spec, types);
  const labelled = labelledIn(spec.target);
  const { hasClasses } = taskOf(spec.target.task);
  const counted = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, coalesce(sum((${labelled})::INT), 0)::DOUBLE FROM ${source}`,
  );
  const [all = 0, labelledRows = 0] = (counted.getRowsJS()[0] ?? []).map(Number);
  const rows = Math.min(labelledRows, rowsMax);
  const columns = wanted.map((want) => ({
    ...want,
    numbers: new Float64Array(want.isText ? 0 : rows),
    texts: new Array<string | null>(want.isText ? rows : 0),
    words: new Words(),
  }));
  // A plan for all rows is another one than for the first of them.
  const cut = rows < labelledRows ? ` LIMIT ${rows}` : '';
  const list = wanted.map(({ expression }) => expression).join(', ');
  const result = await connection.stream(`SELECT ${list} FROM ${source} WHERE ${labelled} ORDER BY ${order}${cut}`);
  let at = 0;
  for await (const chunk of result) {
    for (const [index, { isText, numbers, texts, words }] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      for (let i = 0; i < chunk.rowCount; i++) {
        const value = vector.getItem(i);
        if (isText) texts[at + i] = typeof value === 'string' && value !== '' ? words.once(value) : null;
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
  return { table, unlabelledRows: all - labelledRows };
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

function classNumbers(spec: ModelSpec, words: readonly (string | null)[]): Float64Array {
  const classes = classesOf(spec.target);
  const numbers = new Map(classes.map((name, index) => [name, index]));
  return Float64Array.from(words, (word, row) => {
    const index = numbers.get(word ?? '');
    if (index !== undefined) return index;
    throw new PerennialError(
      'invalid_data',
      `the target column "${spec.target.column}" holds "${word ?? ''}" in labelled row ${row + 1}, ` +
        `which is not one of ${classes.join(', ')}`,
      { path: spec.target.column },
    );
  });
}
