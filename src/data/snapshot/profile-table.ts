import type { ColumnSummary, SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { distinctOf, identifier, pathLiteral } from '../duck/sql.ts';
import { histogramsOf, numberIn, samplesOf, type Histogram } from './histograms.ts';
import { summaryOfWords } from './summary-of-words.ts';

/** Columns per query: keeps the plan small on very wide tables. */
const columnsPerQuery = 100;
/** Beyond this the squares of many rows are no double any more, and the engine would give up on the whole table. */
const squaredMax = 1e140;
/** Columns that get a histogram, first come: nobody looks at two thousand of them. */
const histogramColumnsMax = 200;

/** Column statistics of a Parquet file of accepted rows, in schema order (without `_order`). */
export async function profileTable(
  duck: Duck,
  path: string,
  schema: readonly SnapshotColumn[],
): Promise<ColumnSummary[]> {
  return (await measureTable(duck, path, schema, ['CAST(count(*) AS DOUBLE) AS rows'])).profile;
}

/** Columns of which a rule asks more than every summary says. */
export interface FiguresAsked {
  /** Texts: how often their values are. */
  readonly values: ReadonlySet<string>;
  /** Numbers: their standard deviation. */
  readonly deviations: ReadonlySet<string>;
}

const noFigures: FiguresAsked = { values: new Set(), deviations: new Set() };

/** What one pass over a file says of its rows, and of its columns. */
interface MeasuredTable {
  readonly row: Readonly<Record<string, unknown>>;
  readonly profile: ColumnSummary[];
}

/** The same with other aggregates over all rows, which are asked in the same pass: to read a file costs most of it. */
export async function measureTable(
  duck: Duck,
  path: string,
  schema: readonly SnapshotColumn[],
  aggregates: readonly string[],
  figures: FiguresAsked = noFigures,
): Promise<MeasuredTable> {
  const columns = schema.filter((column) => column.name !== '_order');
  const file = `read_parquet(${pathLiteral(path)})`;
  const profile: ColumnSummary[] = [];
  let first: Readonly<Record<string, unknown>> = {};
  for (let start = 0; start === 0 || start < columns.length; start += columnsPerQuery) {
    const group = columns.slice(start, start + columnsPerQuery);
    // Asked apart from all else, the footer of the file says it.
    const ends = group.flatMap(footerOf).map((sql) => `, ${sql}`);
    const [footer = {}] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows ${ends.join('')} FROM ${file}`);
    const rows = numberIn(footer, 'rows') ?? 0;
    const samples = start >= histogramColumnsMax ? [] : samplesOf(group, rows);
    const statistics = group.flatMap((column, index) => statisticsOf(column, index, rows, figures));
    const asked = [...(start === 0 ? aggregates : []), ...statistics];
    await duck.run(`CREATE OR REPLACE TEMP TABLE measured AS SELECT ${['0 AS measured', ...asked].join(', ')},
      ${samples[0] ?? '0'} AS samples FROM ${file}`);
    const [row = {}] = await duck.rows('SELECT * EXCLUDE (samples) FROM measured');
    if (start === 0) first = row;
    const histograms = samples.length === 0 ? null : await histogramsOf(duck, group, rows);
    for (const [index, column] of group.entries())
      profile.push(
        column.type === 'VARCHAR'
          ? // oxlint-disable-next-line no-await-in-loop -- one text column after the other bounds what is held
            await summaryOfWords(duck, path, column.name, { rows, isAsked: figures.values.has(column.name) })
          : summaryOf(column, index, { ...footer, ...row, rows }, histograms?.get(index)),
      );
  }
  return { row: first, profile };
}

function statisticsOf(
  column: SnapshotColumn,
  index: number,
  rows: number,
  { deviations }: FiguresAsked,
): readonly string[] {
  if (column.type === 'VARCHAR') return [];
  const name = identifier(column.name);
  const value = column.type === 'BOOLEAN' ? `CAST(${name} AS INTEGER)` : name;
  const squarable = `CASE WHEN abs(CAST(${value} AS DOUBLE)) <= ${squaredMax} THEN ${value} END`;
  return [
    `CAST(count(${name}) AS DOUBLE) AS present${index}`,
    `${distinctOf(name, rows)} AS distinct${index}`,
    ...(column.type === 'BOOLEAN' ? extremesOf(value, index) : []),
    `CAST(avg(${value}) AS DOUBLE) AS mean${index}`,
    ...(deviations.has(column.name) ? [`CAST(stddev_pop(${squarable}) AS DOUBLE) AS deviation${index}`] : []),
  ];
}

function footerOf(column: SnapshotColumn, index: number): readonly string[] {
  return column.type === 'DOUBLE' || column.type === 'BIGINT' ? extremesOf(identifier(column.name), index) : [];
}

function extremesOf(value: string, index: number): readonly string[] {
  return [`CAST(min(${value}) AS DOUBLE) AS min${index}`, `CAST(max(${value}) AS DOUBLE) AS max${index}`];
}

function summaryOf(
  column: SnapshotColumn,
  index: number,
  row: Readonly<Record<string, unknown>>,
  histogram: Histogram | undefined,
): ColumnSummary {
  const rows = numberIn(row, 'rows') ?? 0;
  const present = numberIn(row, `present${index}`) ?? 0;
  const min = numberIn(row, `min${index}`);
  const max = numberIn(row, `max${index}`);
  const mean = numberIn(row, `mean${index}`);
  const deviation = numberIn(row, `deviation${index}`);
  const isSquared = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) <= squaredMax;
  return {
    name: column.name,
    rows,
    missing: rows - present,
    distinct: Math.min(present, numberIn(row, `distinct${index}`) ?? 0),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(mean === undefined ? {} : { mean }),
    ...(deviation === undefined || !isSquared ? {} : { deviation }),
    ...(histogram === undefined ? {} : { histogram }),
  };
}
