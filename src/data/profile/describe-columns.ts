import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { ColumnProfile, NumberProfile } from '../../domain/training/snapshot-profile.ts';
import type { Duck } from '../duck/connect.ts';
import { distinctOf, identifier, numeric } from '../duck/sql.ts';
import { fromSample } from './number-profile.ts';
import { isNumber, type Sample } from './read-sample.ts';
import { roleOf, type ProfileRoles } from './roles.ts';

/** Columns per query: keeps the plan small on very wide tables. */
const columnsPerQuery = 50;
const topValues = 10;
const valueCharactersMax = 80;

type Row = Readonly<Record<string, unknown>>;
type FromSample = ReturnType<typeof fromSample>;

/** One column after the other, over all rows; quantiles and histograms are those of the sample. */
export async function describeColumns(
  duck: Duck,
  source: string,
  columns: readonly SnapshotColumn[],
  { sample, rows }: { readonly sample: Sample; readonly rows: number },
  roles: ProfileRoles,
): Promise<readonly ColumnProfile[]> {
  const described: ColumnProfile[] = [];
  for (let start = 0; start < columns.length; start += columnsPerQuery) {
    const group = columns.slice(start, start + columnsPerQuery);
    const sampled = group.map(({ name }) => sampleOf(name, sample));
    const asked = group
      .map((column, at) => statisticsOf(column, { at, rows, sampled: sampled[at] ?? null }))
      .join(', ');
    // oxlint-disable no-await-in-loop -- one query at a time bounds the memory
    const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows, ${asked} FROM ${source}`);
    for (const [at, column] of group.entries())
      described.push(await columnProfile(duck, source, column, { at, row: row ?? {}, sampled: sampled[at] }, roles));
    // oxlint-enable no-await-in-loop
  }
  return described;
}

function sampleOf(name: string, sample: Sample): FromSample {
  const column = sample.columns.find((one) => one.name === name);
  return column !== undefined && 'numbers' in column ? fromSample(column.numbers) : null;
}

function statisticsOf(
  column: SnapshotColumn,
  { at, rows, sampled }: { readonly at: number; readonly rows: number; readonly sampled: FromSample },
): string {
  const name = identifier(column.name);
  const basic = `CAST(count(${name}) AS DOUBLE) AS present${at}, ` + `${distinctOf(name, rows)} AS distinct${at}`;
  if (!isNumber(column)) return basic;
  const value = `CAST(${name} AS DOUBLE)`;
  const finite = `FILTER (isfinite(${value}))`;
  const moments =
    `min(${value}) ${finite} AS min${at}, max(${value}) ${finite} AS max${at}, ` +
    `avg(${value}) ${finite} AS mean${at}, stddev_samp(${value}) ${finite} AS deviation${at}`;
  const fences = sampled?.fences ?? null;
  if (fences === null) return `${basic}, ${moments}`;
  return (
    `${basic}, ${moments}, ` +
    `CAST(count(*) FILTER (${value} < ${numeric(fences.from)}) AS DOUBLE) AS below${at}, ` +
    `CAST(count(*) FILTER (${value} > ${numeric(fences.to)}) AS DOUBLE) AS above${at}`
  );
}

async function columnProfile(
  duck: Duck,
  source: string,
  column: SnapshotColumn,
  found: { readonly at: number; readonly row: Row; readonly sampled: FromSample | undefined },
  roles: ProfileRoles,
): Promise<ColumnProfile> {
  const { at, row, sampled } = found;
  const role = roleOf(column.name, roles);
  const present = numberIn(row, `present${at}`);
  const { name, type } = column;
  const missing = numberIn(row, 'rows') - present;
  const basic = { name, type, role, missing, distinct: Math.min(present, numberIn(row, `distinct${at}`)) };
  // Whom rows are about is nobody's to read here: a viewer may not see rows.
  if (role === 'entity') return basic;
  if (!isNumber(column)) return { ...basic, top: await topOf(duck, source, column.name) };
  // Without a finite value there is no least one.
  if (row[`min${at}`] == null || sampled === null || sampled === undefined) return basic;
  return { ...basic, numbers: numbersOf(row, at, sampled) };
}

function numbersOf(row: Row, at: number, sampled: NonNullable<FromSample>): NumberProfile {
  const { quantiles, histogram, fences } = sampled;
  return {
    min: numberIn(row, `min${at}`),
    max: numberIn(row, `max${at}`),
    mean: numberIn(row, `mean${at}`),
    deviation: numberIn(row, `deviation${at}`),
    quantiles,
    histogram,
    outliers:
      fences === null ? null : { below: numberIn(row, `below${at}`), above: numberIn(row, `above${at}`), ...fences },
  };
}

/** A value of a single row may say whom it is about, which a viewer may not see. */
async function topOf(duck: Duck, source: string, name: string): Promise<{ value: string; rows: number }[]> {
  const value = `left(CAST(${identifier(name)} AS VARCHAR), ${valueCharactersMax})`;
  const rows = await duck.rows(`SELECT ${value} AS value, CAST(count(*) AS DOUBLE) AS rows FROM ${source}
    WHERE ${identifier(name)} IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT ${topValues}`);
  return rows.map((row) => ({ value: String(row['value']), rows: Number(row['rows']) }));
}

/** 0 where there is none: JSON has no other number for it. */
export function numberIn(row: Row | undefined, key: string): number {
  const value = row?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
