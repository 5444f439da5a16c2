import type { ColumnSummary, SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, numeric } from '../duck/sql.ts';

const histogramSteps = 16;
const histogramRowsMax = 20_000;
/** Between these quantiles, so that one enormous value does not squeeze all others into one step. */
const histogramShares = [0.01, 0.99] as const;

export type Histogram = NonNullable<ColumnSummary['histogram']>;

/** An aggregate that holds every k-th row of the number columns: one list, so that each row is asked once; or none. */
export function samplesOf(group: readonly SnapshotColumn[], rows: number): readonly string[] {
  const cells = numbersOf(group).map(({ index, name }) => `value${index}: ${name}`);
  return cells.length === 0 ? [] : [`list({${cells.join(', ')}}) FILTER (WHERE _order % ${everyNthOf(rows)} = 0)`];
}

/**
 * Of every k-th row, so that the cost does not grow with the table: over all rows of 200,000 the two aggregates took
 * ten times as long as everything else together. Reads the `samples` of the table `measured`.
 */
export async function histogramsOf(
  duck: Duck,
  group: readonly SnapshotColumn[],
  rows: number,
): Promise<ReadonlyMap<number, Histogram>> {
  if (rows === 0) return new Map();
  const numbers = numbersOf(group).map(({ index }) => ({ index, name: `value${index}` }));
  const everyNth = everyNthOf(rows);
  const values = numbers.map(({ name }) => `sample.${name} AS ${name}`);
  const sample = `(SELECT ${values.join(', ')} FROM (SELECT unnest(samples) AS sample FROM measured))`;
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

function numbersOf(group: readonly SnapshotColumn[]): readonly { readonly index: number; readonly name: string }[] {
  return group.flatMap((column, index) =>
    column.type === 'DOUBLE' || column.type === 'BIGINT' ? [{ index, name: identifier(column.name) }] : [],
  );
}

function everyNthOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / histogramRowsMax));
}

/** `{0=12, 3=1}` as a list with a place for every step. */
function stepsIn(map: string): number[] {
  const rows = new Array<number>(histogramSteps).fill(0);
  for (const [, step, count] of map.matchAll(/(\d+)=(\d+)/g)) rows[Number(step)] = Number(count);
  return rows;
}

export function numberIn(row: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = row[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
