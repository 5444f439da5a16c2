import type { ColumnSummary, SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, pathLiteral } from '../duck/sql.ts';
import { histogramsOf, numberIn, type Histogram } from './histograms.ts';

/** Columns per query: keeps the plan small on very wide tables. */
const columnsPerQuery = 100;
const topValues = 5;
/** Columns that get a histogram, first come: about 8 ms each, and nobody looks at two thousand of them. */
const histogramColumnsMax = 200;
/** A longer value is cut, so that a column of documents does not end up in the manifest. */
const valueCharactersMax = 80;

/** Column statistics of a Parquet file of accepted rows, in schema order (without `_order`). */
export async function profileTable(
  duck: Duck,
  path: string,
  schema: readonly SnapshotColumn[],
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
      summaries.push(await summaryOf(duck, path, column, index, row ?? {}, histograms.get(index)));
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
  const range = [
    `CAST(min(${value}) AS DOUBLE) AS min${index}`,
    `CAST(max(${value}) AS DOUBLE) AS max${index}`,
    `CAST(avg(${value}) AS DOUBLE) AS mean${index}`,
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
): Promise<ColumnSummary> {
  const rows = numberIn(row, 'rows') ?? 0;
  const present = numberIn(row, `present${index}`) ?? 0;
  const min = numberIn(row, `min${index}`);
  const max = numberIn(row, `max${index}`);
  const mean = numberIn(row, `mean${index}`);
  const basic = {
    name: column.name,
    rows,
    missing: rows - present,
    distinct: Math.min(present, numberIn(row, `distinct${index}`) ?? 0),
  };
  if (column.type === 'VARCHAR') return { ...basic, top: await topOf(duck, path, column.name) };
  return {
    ...basic,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(mean === undefined ? {} : { mean }),
    ...(histogram === undefined ? {} : { histogram }),
  };
}

async function topOf(duck: Duck, path: string, name: string): Promise<{ value: string; rows: number }[]> {
  const column = identifier(name);
  const rows =
    await duck.rows(`SELECT left(${column}, ${valueCharactersMax}) AS value, CAST(count(*) AS DOUBLE) AS rows FROM
      read_parquet(${pathLiteral(path)})
    WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${topValues}`);
  return rows.map((row) => ({ value: String(row['value']), rows: Number(row['rows']) }));
}
