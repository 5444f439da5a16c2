import type { ColumnSummary, SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, pathLiteral } from '../duck/sql.ts';
import { histogramsOf, numberIn, type Histogram } from './histograms.ts';

/** Columns per query: keeps the plan small on very wide tables. */
const columnsPerQuery = 100;
const topValues = 5;
/** Of a column of which a rule asks how often its values are. */
const topValuesAsked = 100;
/** Beyond this the squares of many rows are no double any more, and the engine would give up on the whole table. */
const squaredMax = 1e140;
/** Columns that get a histogram, first come: about 8 ms each, and nobody looks at two thousand of them. */
const histogramColumnsMax = 200;
/** A longer value is cut, so that a column of documents does not end up in the manifest. */
const valueCharactersMax = 80;

/** Column statistics of a Parquet file of accepted rows, in schema order (without `_order`). */
export async function profileTable(
  duck: Duck,
  path: string,
  schema: readonly SnapshotColumn[],
  /** Text columns of which a rule asks how often their values are. */
  asked: ReadonlySet<string> = new Set(),
): Promise<ColumnSummary[]> {
  const columns = schema.filter((column) => column.name !== '_order');
  const summaries: ColumnSummary[] = [];
  for (let start = 0; start < columns.length; start += columnsPerQuery) {
    const group = columns.slice(start, start + columnsPerQuery);
    const [row] = await duck.rows(
      `SELECT CAST(count(*) AS DOUBLE) AS rows, ${group.map(statisticsOf).join(', ')} FROM
        read_parquet(${pathLiteral(path)})`,
    );
    const histograms =
      start >= histogramColumnsMax
        ? new Map<number, Histogram>()
        : await histogramsOf(duck, path, group, numberIn(row ?? {}, 'rows') ?? 0);
    for (const [index, column] of group.entries())
      summaries.push(await summaryOf(duck, path, column, index, row ?? {}, histograms.get(index), asked));
  }
  return summaries;
}

function statisticsOf(column: SnapshotColumn, index: number): string {
  const name = identifier(column.name);
  const value = column.type === 'BOOLEAN' ? `CAST(${name} AS INTEGER)` : name;
  const basic = [
    `CAST(count(${name}) AS DOUBLE) AS present${index}`,
    `CAST(approx_count_distinct(${name}) AS DOUBLE) AS distinct${index}`,
  ];
  if (column.type === 'VARCHAR') return basic.join(', ');
  const squarable = `CASE WHEN abs(CAST(${value} AS DOUBLE)) <= ${squaredMax} THEN ${value} END`;
  const range = [
    `CAST(min(${value}) AS DOUBLE) AS min${index}`,
    `CAST(max(${value}) AS DOUBLE) AS max${index}`,
    `CAST(avg(${value}) AS DOUBLE) AS mean${index}`,
    `CAST(stddev_pop(${squarable}) AS DOUBLE) AS deviation${index}`,
  ];
  return [...basic, ...range].join(', ');
}

async function summaryOf(
  duck: Duck,
  path: string,
  column: SnapshotColumn,
  index: number,
  row: Readonly<Record<string, unknown>>,
  histogram: Histogram | undefined,
  asked: ReadonlySet<string>,
): Promise<ColumnSummary> {
  const rows = numberIn(row, 'rows') ?? 0;
  const present = numberIn(row, `present${index}`) ?? 0;
  const min = numberIn(row, `min${index}`);
  const max = numberIn(row, `max${index}`);
  const mean = numberIn(row, `mean${index}`);
  const deviation = numberIn(row, `deviation${index}`);
  const isSquared = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) <= squaredMax;
  const basic = {
    name: column.name,
    rows,
    missing: rows - present,
    distinct: Math.min(present, numberIn(row, `distinct${index}`) ?? 0),
  };
  if (column.type === 'VARCHAR')
    return { ...basic, top: await topOf(duck, path, column.name, asked.has(column.name) ? topValuesAsked : topValues) };
  return {
    ...basic,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(mean === undefined ? {} : { mean }),
    ...(deviation === undefined || !isSquared ? {} : { deviation }),
    ...(histogram === undefined ? {} : { histogram }),
  };
}

async function topOf(
  duck: Duck,
  path: string,
  name: string,
  values: number,
): Promise<{ value: string; rows: number }[]> {
  const column = identifier(name);
  const rows =
    await duck.rows(`SELECT left(${column}, ${valueCharactersMax}) AS value, CAST(count(*) AS DOUBLE) AS rows FROM
      read_parquet(${pathLiteral(path)})
    WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${values}`);
  return rows.map((row) => ({ value: String(row['value']), rows: Number(row['rows']) }));
}
