import { epochMsMax, msPerUnit } from '../../domain/cells/read-instant.ts';
import { epochUnits, type EpochUnit } from '../../domain/spec/closed-sets.ts';
import type { Duck } from '../duck/connect.ts';

export interface Epoch {
  readonly unit: EpochUnit;
  /** Numbers that are instants of that unit. */
  readonly rows: number;
  /** The smallest and the largest of these. */
  readonly low: number;
  readonly high: number;
  /** Numbers that stand for no time: 0, -1 and the year 9999. */
  readonly sentinels: number;
}

/** Counters begin at zero, so what is told apart has to lie in the years that data come from. */
const yearsMs = { from: Date.UTC(1980, 0, 1), through: Date.UTC(2100, 0, 1) };

/**
 * The unit since 1970 in which all numbers lie between 1980 and 2100, but for fewer that stand for no time; null where
 * there is none. `keys` is a SELECT of doubles as `key`, of which every row is looked at.
 */
export async function findEpoch(duck: Duck, keys: string): Promise<Epoch | null> {
  const counts = epochUnits.map((unit, place) => {
    const [from, through] = [yearsMs.from / msPerUnit[unit], yearsMs.through / msPerUnit[unit]];
    return (
      `CAST(count_if(key BETWEEN ${from} AND ${through}) AS DOUBLE) AS rows${place}, ` +
      `min(key) FILTER (WHERE key BETWEEN ${from} AND ${through}) AS low${place}, ` +
      `max(key) FILTER (WHERE key BETWEEN ${from} AND ${through}) AS high${place}, ` +
      `CAST(count_if(${isEpochSentinel('key', unit)}) AS DOUBLE) AS sentinels${place}`
    );
  });
  const [row] = await duck.rows(`SELECT CAST(count(key) AS DOUBLE) AS all_rows, ${counts.join(', ')} FROM (${keys})`);
  const found = epochUnits.map((unit, place) => ({
    unit,
    rows: Number(row?.[`rows${place}`] ?? 0),
    low: Number(row?.[`low${place}`] ?? 0),
    high: Number(row?.[`high${place}`] ?? 0),
    sentinels: Number(row?.[`sentinels${place}`] ?? 0),
  }));
  const all = Number(row?.['all_rows'] ?? 0);
  return found.find(({ rows, sentinels }) => rows > sentinels && rows + sentinels === all) ?? null;
}

/** Whether a number of a unit since 1970 stands for no time; NULL for NULL. */
export function isEpochSentinel(key: string, unit: EpochUnit): string {
  const [from, through] = [Date.UTC(9999, 0, 1) / msPerUnit[unit], epochMsMax / msPerUnit[unit]];
  return `(${key} IN (0, -1) OR ${key} BETWEEN ${from} AND ${through})`;
}
