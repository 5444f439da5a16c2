import { isoMsOf, numberOf } from '../read/cells.ts';
import type { Duck } from '../duck/connect.ts';
import type { OpenTable } from '../read/table-file.ts';
import { baseOf, cellText, isNested, type ReadOptions } from '../read/read-lossless.ts';

/** What the cells of one column look like, over the whole table. */
export interface ColumnScan {
  readonly name: string;
  readonly rows: number;
  /** Cells with a value. */
  readonly present: number;
  /** Of these: finite numbers, whole numbers, the words true and false, ISO 8601 times, lists or objects. */
  readonly numbers: number;
  readonly integers: number;
  readonly truths: number;
  readonly times: number;
  readonly nested: number;
  /** Approximate. */
  readonly distinct: number;
  readonly isConstant: boolean;
  readonly min: number | null;
  readonly max: number | null;
  readonly standardDeviation: number | null;
  /** Mean length of the text in characters. */
  readonly length: number;
  /** Correlation with the place in the file; 1 for a running number. */
  readonly placeCorrelation: number | null;
}

/** Columns per scan: bounds the plan; a table of 50 columns is read once. */
const columnsPerScan = 50;

/**
 * Looks at every cell of the named columns as text. Reads the file once per 50 columns; `options` hold for the first
 * time.
 */
export async function scanColumns(
  duck: Duck,
  table: OpenTable,
  names: readonly string[],
  options: ReadOptions = {},
): Promise<ColumnScan[]> {
  const scans: ColumnScan[] = [];
  for (let start = 0; start < names.length; start += columnsPerScan) {
    const group = names.slice(start, start + columnsPerScan);
    const texts = group
      .map((name, index) => `${cellText(table, name, 'label')} AS t${index}, ${isNested(table, name)} AS m${index}`)
      .join(', ');
    const values = group.map((_, index) => `t${index}, m${index}, ${numberOf(`t${index}`)} AS v${index}`).join(', ');
    const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows,
        ${group.map((_, index) => aggregatesOf(index)).join(', ')} FROM (
      SELECT n, ${values} FROM (SELECT n, ${texts} FROM ${baseOf(table, start === 0 ? options : {})}))`);
    group.forEach((name, index) => scans.push(scanOf(name, index, row ?? {})));
  }
  return scans;
}

function aggregatesOf(index: number): string {
  const text = `t${index}`;
  const value = `v${index}`;
  return `CAST(count(${text}) AS DOUBLE) AS present${index},
    CAST(count(${value}) AS DOUBLE) AS numbers${index},
    CAST(count_if(${value} = floor(${value})) AS DOUBLE) AS integers${index},
    CAST(count_if(lower(${text}) IN ('true', 'false')) AS DOUBLE) AS truths${index},
    CAST(count(${isoMsOf(text)}) AS DOUBLE) AS times${index},
    CAST(count_if(m${index}) AS DOUBLE) AS nested${index},
    CAST(approx_count_distinct(${text}) AS DOUBLE) AS distinct${index},
    coalesce(min(${text}) = max(${text}), true) AS constant${index},
    min(${value}) AS min${index}, max(${value}) AS max${index},
    stddev_pop(${squarable(value)}) AS deviation${index}, corr(${squarable(value)}, n) AS place${index},
    avg(length(${text})) AS length${index}`;
}

/** Values whose squares still fit a double: the engine refuses the whole query otherwise. */
export function squarable(value: string): string {
  return `CASE WHEN abs(${value}) < 1e150 THEN ${value} END`;
}

function scanOf(name: string, index: number, row: Readonly<Record<string, unknown>>): ColumnScan {
  const count = (key: string) => numberIn(row, `${key}${index}`) ?? 0;
  return {
    name,
    rows: numberIn(row, 'rows') ?? 0,
    present: count('present'),
    numbers: count('numbers'),
    integers: count('integers'),
    truths: count('truths'),
    times: count('times'),
    nested: count('nested'),
    distinct: count('distinct'),
    isConstant: row[`constant${index}`] === true,
    min: numberIn(row, `min${index}`),
    max: numberIn(row, `max${index}`),
    standardDeviation: numberIn(row, `deviation${index}`),
    length: count('length'),
    placeCorrelation: numberIn(row, `place${index}`),
  };
}

function numberIn(row: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = row[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
