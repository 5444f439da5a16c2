import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../data/duck/sql.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { externalFiles, type ExternalStage, type ExternalTask } from '../../domain/training/external.ts';
import { files, type Prepared } from '../prepare/folder.ts';
import { columnTypes, sourceOf, typeOf, withRows } from '../prepare/rows-source.ts';
import { readFolder } from '../prepare/read-folder.ts';
import { featuresToLearn } from './external-task.ts';
import { addColumns } from './add-columns.ts';

/** Which rows of the prepared folder stand in which file. A release learns from all of them. */
const partsOf: Record<ExternalStage, Record<keyof ExternalTask['rows'], readonly (keyof typeof partFiles)[]>> = {
  candidate: { train: ['training'], validation: ['validation'], test: ['test'] },
  release: { train: ['training', 'validation', 'test', 'gap'], validation: [], test: [] },
};
const partFiles = { training: files.training, validation: files.validation, test: files.test, gap: files.gap };

/** Of derived features, a name that no column of a spec may have. */
const derivedTable = '_derived';

/**
 * Writes the rows in the types that the contract names, each part in the order of time, and with what is derived from
 * them; the test goes without its answers. Returns how many rows each file has.
 */
export async function writeRows(
  prepared: string,
  into: string,
  known: Prepared,
  stage: ExternalStage,
): Promise<ExternalTask['rows']> {
  const paths = Object.values(partFiles).map((name) => join(prepared, name));
  // Derived values are computed by the nodes that are served; only then do the rows have to pass through memory.
  const derived = known.signature.derived === undefined ? null : (await readFolder(prepared)).table;
  return withRows(paths, async (connection) => {
    const names = (known.signature.derived ?? []).map(({ name }) => name);
    if (derived !== null) await addColumns(connection, derivedTable, derived, names);
    const types = await columnTypes(connection, sourceOf(paths));
    const write = async (part: keyof ExternalTask['rows']): Promise<number> => {
      const sources = partsOf[stage][part].map((name) => join(prepared, partFiles[name]));
      const columns = columnsFor(known, types, part !== 'test');
      return writePart(connection, join(into, externalFiles[part]), {
        columns,
        // Without rows the file still has its columns.
        from: sources.length === 0 ? `(SELECT * FROM ${sourceOf(paths)} LIMIT 0)` : sourceOf(sources),
        hasDerived: derived !== null,
      });
    };
    return { train: await write('train'), validation: await write('validation'), test: await write('test') };
  });
}

async function writePart(
  connection: DuckDBConnection,
  file: string,
  { columns, from, hasDerived }: { readonly columns: string; readonly from: string; readonly hasDerived: boolean },
): Promise<number> {
  await mkdir(dirname(file), { recursive: true });
  const joined = hasDerived ? ` JOIN ${identifier(derivedTable)} AS d ON d."_order" = r."_order"` : '';
  await connection.run(
    `COPY (SELECT ${columns} FROM ${from} AS r${joined} ORDER BY r."_order") TO ${literal(file)} (FORMAT parquet)`,
  );
  const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM read_parquet(${literal(file)})`);
  return Number(counted.getRowsJS()[0]?.[0] ?? 0);
}

/** Each column once, in its type; a feature comes before what else bears its name. */
function columnsFor(known: Prepared, types: ReadonlyMap<string, string>, hasAnswers: boolean): string {
  const { target, eventTime } = known.spec;
  const inputs = featuresToLearn(known);
  const columns: [string, string][] = [
    ['_order', 'CAST(r."_order" AS BIGINT)'],
    ...(hasAnswers
      ? [pair(target.column, taskOf(target.task).hasClasses ? textOf(target.column) : numberOf(target.column))]
      : []),
    ...inputs.map(({ name, kind, isDerived }) =>
      pair(name, isDerived ? `d.${identifier(name)}` : castTo[kind](name, types)),
    ),
    ...(eventTime === null ? [] : [pair(eventTime.column, castTo.time(eventTime.column, types))]),
  ];
  const byName = new Map<string, string>();
  for (const [name, expression] of columns)
    if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), `${expression} AS ${identifier(name)}`);
  return [...byName.values()].join(', ');
}

function pair(name: string, expression: string): [string, string] {
  return [name, expression];
}

const columnOf = (name: string): string => `r.${identifier(name)}`;
const textOf = (name: string): string => `nullif(CAST(${columnOf(name)} AS VARCHAR), '')`;
/** NULL alone is missing. */
const numberOf = (name: string): string => {
  const value = `CAST(${columnOf(name)} AS DOUBLE)`;
  return `CASE WHEN isnan(${value}) THEN NULL ELSE ${value} END`;
};

const castTo: Record<FeatureKind, (name: string, types: ReadonlyMap<string, string>) => string> = {
  number: numberOf,
  category: textOf,
  boolean: (name) => `CAST(${columnOf(name)} AS BOOLEAN)`,
  time: (name, types) => {
    const type = typeOf(types, name);
    const isInstant = type.startsWith('TIMESTAMP') || type === 'DATE';
    return isInstant ? `epoch_ms(${columnOf(name)})` : `CAST(${columnOf(name)} AS BIGINT)`;
  },
};
