import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, numeric } from '../duck/sql.ts';

export interface CellCounts {
  /** Rows of either side in the same cells; the last cell is that of missing values. */
  readonly counts: readonly [from: readonly number[], to: readonly number[]];
  readonly missing: { readonly from: number; readonly to: number };
  /** Means of a number column; null for others, and where a side has no value. */
  readonly means: { readonly from: number; readonly to: number } | null;
}

const cells = 20;
/** Words that have a cell of their own, the most frequent ones; all others share one. */
const wordsMax = 2_000;

/** Rows of two sides in cells: twentieths of the first side for numbers, one per word otherwise. */
export function cellCounts(duck: Duck, column: SnapshotColumn, sides: readonly [string, string]): Promise<CellCounts> {
  return column.type === 'DOUBLE' || column.type === 'BIGINT'
    ? numberCells(duck, column, sides)
    : wordCells(duck, column, sides);
}

async function numberCells(duck: Duck, column: SnapshotColumn, sides: readonly [string, string]): Promise<CellCounts> {
  const value = `CAST(${identifier(column.name)} AS DOUBLE)`;
  const shares = Array.from({ length: cells - 1 }, (_, at) => (at + 1) / cells);
  const [found] = await duck.rows(
    `SELECT ${shares.map((share, at) => `approx_quantile(${value}, ${share}) AS e${at}`).join(', ')} FROM ${sides[0]}
      WHERE isfinite(${value})`,
  );
  const edges = [...new Set(shares.map((_, at) => found?.[`e${at}`]).filter((edge) => typeof edge === 'number'))];
  const counted = [await below(duck, value, edges, sides[0]), await below(duck, value, edges, sides[1])] as const;
  const means = { from: counted[0].mean, to: counted[1].mean };
  return {
    counts: [counted[0].counts, counted[1].counts],
    missing: { from: counted[0].missing, to: counted[1].missing },
    means: means.from === null || means.to === null ? null : { from: means.from, to: means.to },
  };
}

async function below(duck: Duck, value: string, edges: readonly number[], rows: string) {
  const through = edges.map((edge, at) => `CAST(count(*) FILTER (${value} <= ${numeric(edge)}) AS DOUBLE) AS c${at}`);
  const [row] = await duck.rows(
    `SELECT ${[
      ...through,
      `CAST(count(${value}) AS DOUBLE) AS present`,
      `CAST(count(*) - count(${value}) AS DOUBLE) AS missing`,
      `avg(${value}) FILTER (isfinite(${value})) AS mean`,
    ].join(', ')} FROM ${rows}`,
  );
  const sums = [...edges.map((_, at) => Number(row?.[`c${at}`] ?? 0)), Number(row?.['present'] ?? 0)];
  const missing = Number(row?.['missing'] ?? 0);
  const mean = row?.['mean'];
  return {
    counts: [...sums.map((sum, at) => sum - (sums[at - 1] ?? 0)), missing],
    missing,
    mean: typeof mean === 'number' ? mean : null,
  };
}

async function wordCells(
  duck: Duck,
  column: SnapshotColumn,
  [from, to]: readonly [string, string],
): Promise<CellCounts> {
  const word = `CAST(${identifier(column.name)} AS VARCHAR)`;
  const side = (rows: string) => `(SELECT ${word} AS word, count(*) AS n FROM ${rows} GROUP BY word)`;
  // A missing value has no word to be joined by.
  const joined = `(SELECT coalesce(x.word, y.word) AS word, coalesce(x.n, 0) AS a, coalesce(y.n, 0) AS b
    FROM ${side(from)} AS x FULL JOIN ${side(to)} AS y ON x.word IS NOT DISTINCT FROM y.word)`;
  const rows = await duck.rows(`SELECT CAST(sum(a) AS DOUBLE) AS a, CAST(sum(b) AS DOUBLE) AS b, missing FROM (
    SELECT a, b, word IS NULL AS missing,
      least(row_number() OVER (PARTITION BY word IS NULL ORDER BY a + b DESC, word), ${wordsMax + 1}) AS place
    FROM ${joined}) GROUP BY missing, place ORDER BY missing, place`);
  const present = rows.filter((row) => row['missing'] !== true);
  const absent = rows.find((row) => row['missing'] === true);
  const missing = { from: Number(absent?.['a'] ?? 0), to: Number(absent?.['b'] ?? 0) };
  return {
    counts: [
      [...present.map((row) => Number(row['a'])), missing.from],
      [...present.map((row) => Number(row['b'])), missing.to],
    ],
    missing,
    means: null,
  };
}
