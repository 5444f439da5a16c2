import type { ColumnSummary, SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, numeric, pathLiteral } from '../duck/sql.ts';

/** Columns per query: keeps the plan small on very wide tables. */
const columnsPerQuery = 100;
const topValues = 5;
const histogramSteps = 16;
const histogramRowsMax = 20_000;
/** Columns that get one, first come: about 8 ms each, and nobody looks at two thousand histograms. */
const histogramColumnsMax = 200;
/** Between these quantiles, so that one enormous value does not squeeze all others into one step. */
const histogramShares = [0.01, 0.99] as const;
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

type Histogram = NonNullable<ColumnSummary['histogram']>;

/**
 * Of every k-th row, so that the cost does not grow with the table: over all rows of 200,000 the two aggregates took
 * ten times as long as everything else together.
 */
async function histogramsOf(
  duck: Duck,
  path: string,
  group: readonly SnapshotColumn[],
  rows: number,
): Promise<ReadonlyMap<number, Histogram>> {
  const numbers = group.flatMap((column, index) =>
    column.type === 'DOUBLE' || column.type === 'BIGINT' ? [{ index, name: identifier(column.name) }] : [],
  );
  if (numbers.length === 0 || rows === 0) return new Map();
  const everyNth = Math.ceil(rows / histogramRowsMax);
  const sample = `(SELECT * FROM read_parquet(${pathLiteral(path)}) WHERE _order % ${everyNth} = 0)`;
  const [low, high] = histogramShares;
  const quantiles = numbers.map(
    ({ index, name }) =>
      `CAST(approx_quantile(${name}, ${low}) AS DOUBLE) AS low${index}, ` +
      `CAST(approx_quantile(${name}, ${high}) AS DOUBLE) AS high${index}`,
  );
  const [ends] = await duck.rows(`SELECT ${quantiles.join(', ')} FROM ${sample}`);
  const spread = numbers.flatMap(({ index, name }) => {
    const from = numberIn(ends ?? {}, `low${index}`);
    const to = numberIn(ends ?? {}, `high${index}`);
    return from !== undefined && to !== undefined && Number.isFinite(to - from) && (to - from) / histogramSteps > 0
      ? [{ index, name, from, to }]
      : [];
  });
  if (spread.length === 0) return new Map();
  const cells = spread.map(({ index, name, from, to }) => {
    const step =
      `CAST(greatest(0, least(${histogramSteps - 1}, floor((CAST(${name} AS DOUBLE) - ${numeric(from)}) / ` +
      `${numeric((to - from) / histogramSteps)}))) AS INTEGER)`;
    // greatest and least pass over a NULL, so a missing value would be counted in the last step.
    return `CAST(histogram(${step}) FILTER (${name} IS NOT NULL) AS VARCHAR) AS cells${index}`;
  });
  const [counted] = await duck.rows(`SELECT ${cells.join(', ')} FROM ${sample}`);
  return new Map(
    spread.map(({ index, from, to }) => [
      index,
      { from, to, everyNth, rows: stepsIn(String(counted?.[`cells${index}`] ?? '')) },
    ]),
  );
}

/** `{0=12, 3=1}` as a list with a place for every step. */
function stepsIn(map: string): number[] {
  const rows = new Array<number>(histogramSteps).fill(0);
  for (const [, step, count] of map.matchAll(/(\d+)=(\d+)/g)) rows[Number(step)] = Number(count);
  return rows;
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

function numberIn(row: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = row[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
