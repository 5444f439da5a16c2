import { falseTexts, trueTexts } from '../../../domain/cells/read-truth.ts';
import { isoMsOf, isLocalDate } from '../../read/cells/instants.ts';
import { isBeyondExact, numberOf } from '../../read/cells/numbers.ts';
import type { Duck } from '../../duck/connect.ts';
import { distinctOf, isOneOf } from '../../duck/sql.ts';
import { rowsIn, type OpenTable } from '../../read/table-file.ts';
import { baseOf, cellText, isNested } from '../../read/read-lossless.ts';
import { scanOf, type ColumnScan } from './column-scan.ts';
import { tallyColumns } from './tally-columns.ts';

/** Columns per scan: bounds the plan; a table of 50 columns is read once. */
const columnsPerScan = 50;

/** Words of truth that nobody writes as numbers. */
export const truthWords = [...trueTexts, ...falseTexts].filter((text) => /^[a-z]+$/.test(text));

/**
 * Looks at every cell of the named columns as text. Reads the file once per 50 columns, and once more for the columns
 * whose cells are not all alike.
 */
export async function scanColumns(duck: Duck, table: OpenTable, names: readonly string[]): Promise<ColumnScan[]> {
  const scans: ColumnScan[] = [];
  for (let start = 0; start < names.length; start += columnsPerScan) {
    const group = names.slice(start, start + columnsPerScan);
    const texts = group.map(
      (name, i) =>
        `${cellText(table, name, 'category')} AS t${i}, ${cellText(table, name, 'number')} AS x${i}, ` +
        `${isNested(table, name)} AS m${i}`,
    );
    const values = group.map((_, i) => `t${i}, x${i}, m${i}, ${numberOf(`x${i}`)} AS v${i}`);
    const words = group.map((_, i) => `t${i}, x${i}, m${i}, v${i}, ${datesOf(i)}`);
    const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows,
        ${group.map((_, i) => aggregatesOf(i, rowsIn(table))).join(', ')} FROM (
      SELECT n, ${words.join(', ')} FROM (SELECT n, ${values.join(', ')} FROM (
        SELECT n, ${texts.join(', ')} FROM ${baseOf(table)})))`);
    group.forEach((name, i) => scans.push(scanOf(name, i, row ?? {})));
  }
  return tallyColumns(duck, table, scans);
}

/** Of the cells that begin with a digit and are no number: times, and dates that do not say their order. */
function datesOf(i: number): string {
  const cell = `x${i}`;
  const isCandidate = `v${i} IS NULL AND ${cell} >= '0' AND ${cell} < ':'`;
  return (
    `CASE WHEN ${isCandidate} THEN ${isoMsOf(cell)} END AS i${i}, ` +
    `CASE WHEN ${isCandidate} AND ${isLocalDate(cell)} THEN true ELSE false END AS l${i}`
  );
}

function aggregatesOf(i: number, rows: number): string {
  const [text, cell, value] = [`t${i}`, `x${i}`, `v${i}`] as const;
  const isWhole = `NOT contains(${cell}, '.') AND ${value} IS NOT NULL`;
  const hasPoint = `${value} IS NOT NULL AND contains(${cell}, '.')`;
  const isOdd =
    `(${isWhole} AND strlen(${cell}) > 1 AND prefix(${cell}, '0')) OR (${isWhole} AND contains(lower(${cell}), 'e')) ` +
    `OR ${isBeyondExact(cell, value)}`;
  return `CAST(count(${text}) AS DOUBLE) AS present${i},
    CAST(count(${cell}) AS DOUBLE) AS filled${i},
    CAST(count(${value}) AS DOUBLE) AS numbers${i},
    CAST(count_if(${value} = floor(${value})) AS DOUBLE) AS integers${i},
    CAST(count_if(CASE WHEN ${isOdd} THEN true ELSE false END) AS DOUBLE) AS odd${i},
    CAST(count_if(${hasPoint} AND suffix(${cell}, '0')) AS DOUBLE) AS zeroEnds${i},
    min(CASE WHEN ${hasPoint} THEN strlen(${cell}) - strpos(${cell}, '.') END) AS decimals${i},
    CAST(count_if(${value} IS NULL AND ${isOneOf(`lower(${cell})`, ['true', 'false'])}) AS DOUBLE) AS truths${i},
    CAST(count_if(${value} IS NULL AND ${isOneOf(`lower(${cell})`, truthWords)}) AS DOUBLE) AS truthWords${i},
    CAST(count(i${i}) AS DOUBLE) AS times${i},
    CAST(count_if(l${i}) AS DOUBLE) AS dates${i},
    CAST(count_if(m${i}) AS DOUBLE) AS nested${i},
    ${distinctOf(text, rows)} AS distinct${i},
    coalesce(min(${text}) = max(${text}), true) AS constant${i},
    coalesce(min(${cell}) = max(${cell}), true) AS constantCell${i},
    min(${value}) AS min${i}, max(${value}) AS max${i},
    stddev_pop(${squarable(value)}) AS deviation${i}, corr(${squarable(value)}, n) AS place${i},
    avg(length(${text})) AS length${i}`;
}

/** Values whose squares still fit a double: the engine refuses the whole query otherwise. */
export function squarable(value: string): string {
  return `CASE WHEN abs(${value}) < 1e150 THEN ${value} END`;
}
