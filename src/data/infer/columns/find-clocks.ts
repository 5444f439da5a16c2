import type { Duck } from '../../duck/connect.ts';
import { numberOf } from '../../read/cells/numbers.ts';
import type { OpenTable } from '../../read/table-file.ts';
import { baseOf, cellText } from '../../read/read-lossless.ts';
import { squarable } from './scan-columns.ts';

/** A column that only rises goes with its place in the file; whatever goes less with it is not looked at closer. */
const placeCorrelationMin = 0.8;
/** Two steps make a trend; one is a change that may stay. */
const valuesMin = 3;
/** A calendar that begins again once has not yet come round. */
const turnsMax = 1;
const columnsPerScan = 200;

/**
 * Which of these number columns go one way and turn at most once within the first `historyRows` rows: `month` in a
 * history of one year. A first model learns dates from them and nothing that holds for the rows after.
 */
export async function findClocks(
  duck: Duck,
  table: OpenTable,
  names: readonly string[],
  historyRows: number,
): Promise<ReadonlySet<string>> {
  const clocks = new Set<string>();
  const history = { ...table, rowsMax: historyRows };
  for (let start = 0; start < names.length; start += columnsPerScan) {
    const group = names.slice(start, start + columnsPerScan);
    // oxlint-disable-next-line no-await-in-loop -- bounds the plan
    const rising = await risingIn(duck, history, group);
    // oxlint-disable-next-line no-await-in-loop -- few columns rise with the file
    for (const name of rising) if (await isMonotone(duck, history, name)) clocks.add(name);
  }
  return clocks;
}

async function risingIn(duck: Duck, history: OpenTable, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const values = names.map((name, i) => `${numberOf(cellText(history, name, 'number'))} AS v${i}`);
  const places = names.map((_, i) => `corr(${squarable(`v${i}`)}, n) AS place${i}`);
  const [row] = await duck.rows(
    `SELECT ${places.join(', ')} FROM (SELECT n, ${values.join(', ')} FROM ${baseOf(history)})`,
  );
  return names.filter((_, i) => Math.abs(Number(row?.[`place${i}`] ?? 0)) >= placeCorrelationMin);
}

async function isMonotone(duck: Duck, history: OpenTable, name: string): Promise<boolean> {
  const value = numberOf(cellText(history, name, 'number'));
  const [row] = await duck.rows(`SELECT CAST(count_if(v > before) AS DOUBLE) AS rises,
      CAST(count_if(v < before) AS DOUBLE) AS falls FROM (
    SELECT v, lag(v) OVER (ORDER BY n) AS before FROM (SELECT n, ${value} AS v FROM ${baseOf(history)})
    WHERE v IS NOT NULL)`);
  const [rises, falls] = [Number(row?.['rises'] ?? 0), Number(row?.['falls'] ?? 0)];
  return Math.min(rises, falls) <= turnsMax && Math.max(rises, falls) >= valuesMin - 1;
}
