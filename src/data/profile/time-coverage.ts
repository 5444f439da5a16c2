import { profilePeriods, type ProfilePeriod, type TimeCoverage } from '../../domain/training/snapshot-profile.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, numeric } from '../duck/sql.ts';
import { numberIn } from './describe-columns.ts';

/** The finest period that needs no more of them is taken. */
const periodsWanted = 100;
/** Years, of which there may be more; instants outside of the years 1 to 9999 are none. */
const periodsMax = 400;
const gapsMax = 10;
const firstMs = -62_135_596_800_000;
const lastMs = 253_402_300_799_999;

const periodMs: Readonly<Record<ProfilePeriod, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_629_746_000,
  year: 31_556_952_000,
};

/** Rows per period of a column of epoch milliseconds, and the holes between them. Null where no row has an instant. */
export async function timeCoverage(duck: Duck, source: string, column: string): Promise<TimeCoverage | null> {
  const name = identifier(column);
  const usable = `${name} BETWEEN ${firstMs} AND ${lastMs}`;
  const [ends] = await duck.rows(
    `SELECT CAST(min(${name}) AS DOUBLE) AS first, CAST(max(${name}) AS DOUBLE) AS last FROM ${source} WHERE ${usable}`,
  );
  if (typeof ends?.['first'] !== 'number' || typeof ends['last'] !== 'number') return null;
  const [fromMs, toMs] = [ends['first'], ends['last']];
  const period = profilePeriods.find((one) => (toMs - fromMs) / periodMs[one] <= periodsWanted) ?? 'year';
  const start = (ms: string): string => `date_trunc('${period}', make_timestamp_ms(CAST(${ms} AS BIGINT)))`;
  const rows = await duck.rows(`SELECT CAST(epoch_ms(p) AS DOUBLE) AS start, CAST(coalesce(n, 0) AS DOUBLE) AS n FROM
    (SELECT unnest(range(${start(numeric(fromMs))}, ${start(numeric(toMs))} + INTERVAL 1 ${period},
      INTERVAL 1 ${period})) AS p) LEFT JOIN
    (SELECT ${start(name)} AS p, count(*) AS n FROM ${source} WHERE ${usable} GROUP BY 1) USING (p)
    ORDER BY p LIMIT ${periodsMax}`);
  const periods = rows.map((row) => ({ startMs: numberIn(row, 'start'), rows: numberIn(row, 'n') }));
  return { column, fromMs, toMs, period, periods, gaps: gapsOf(periods) };
}

/** Runs of periods without a row. The last period has rows, so each gap ends before a period that is there. */
export function gapsOf(periods: TimeCoverage['periods']): TimeCoverage['gaps'] {
  const gaps: { fromMs: number; toMs: number; periods: number }[] = [];
  let from: number | null = null;
  for (const [at, { startMs, rows }] of periods.entries()) {
    if (rows === 0) from ??= at;
    else if (from !== null) {
      gaps.push({ fromMs: periods[from]?.startMs ?? startMs, toMs: startMs, periods: at - from });
      from = null;
    }
  }
  return gaps.toSorted((a, b) => b.periods - a.periods || a.fromMs - b.fromMs).slice(0, gapsMax);
}
