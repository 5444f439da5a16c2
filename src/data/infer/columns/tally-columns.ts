import { dateOrders } from '../../../domain/spec/closed-sets.ts';
import type { Duck } from '../../duck/connect.ts';
import { isOneOf } from '../../duck/sql.ts';
import { hasZone, isLocalDate, isoMsOf, isSentinel, localMsOf } from '../../read/cells/instants.ts';
import { isBeyondExact, numberOf } from '../../read/cells/numbers.ts';
import type { OpenTable } from '../../read/table-file.ts';
import { baseOf, cellText } from '../../read/read-lossless.ts';
import { talliesOf, type ColumnScan } from './column-scan.ts';

/** Columns per look: each has up to thirty sums. */
const columnsPerLook = 20;
const truthWords: readonly string[] = ['yes', 'y', 't', 'no', 'n', 'f'];

/** The scans with their tallies, of the columns whose cells are not all alike. Reads the file once per 20 of these. */
export async function tallyColumns(duck: Duck, table: OpenTable, scans: readonly ColumnScan[]): Promise<ColumnScan[]> {
  const looked = new Map<string, ColumnScan>();
  const mixed = scans.filter(isMixed);
  for (let start = 0; start < mixed.length; start += columnsPerLook) {
    const group = mixed.slice(start, start + columnsPerLook);
    // oxlint-disable-next-line no-await-in-loop -- bounds the plan
    const row = await lookAt(duck, table, group);
    group.forEach((scan, i) => {
      const distinct = Number(row[`unique${i}`] ?? scan.distinct);
      looked.set(scan.name, { ...scan, ...talliesOf(i, row), distinct });
    });
  }
  for (const scan of looked.values()) {
    if (scan.trailing.rows === 0 || scan.decimalsMin > 1) continue;
    // oxlint-disable-next-line no-await-in-loop -- one column at a time, and few tables have any
    looked.set(scan.name, { ...scan, twins: await countTwins(duck, table, scan) });
  }
  return scans.map((scan) => looked.get(scan.name) ?? scan);
}

/** Nothing more is to be known of plain numbers, of true and false, and of words that mean nothing else. */
function isMixed(scan: ColumnScan): boolean {
  const { present, filled, numbers, times, truthWords: words, truths, oddNumbers, dateLike, zeroEnds } = scan;
  return (
    present > filled ||
    (numbers > 0 && numbers < filled) ||
    oddNumbers + times + dateLike > 0 ||
    (zeroEnds > 0 && scan.decimalsMin < 2) ||
    isNearlyUnique(scan) ||
    words > truths
  );
}

/** Text of which the estimate does not say whether it names rows: it is off by a tenth in small tables. */
function isNearlyUnique({ present, filled, numbers, oddNumbers, distinct }: ColumnScan): boolean {
  return (numbers < filled || oddNumbers > 0) && present <= 1_000_000 && distinct > present * 0.7;
}

async function lookAt(duck: Duck, table: OpenTable, group: readonly ColumnScan[]) {
  const texts = group.map(
    ({ name }, i) => `${cellText(table, name, 'category')} AS t${i}, ${cellText(table, name, 'number')} AS x${i}`,
  );
  const values = group.map((_, i) => `t${i}, x${i}, ${numberOf(`x${i}`)} AS v${i}`);
  const words = group.map(({ times, dateLike }, i) => {
    const word = `CASE WHEN v${i} IS NULL THEN x${i} END`;
    const instant = times === 0 ? 'NULL' : isoMsOf(word);
    const isDate = dateLike === 0 ? 'false' : `CASE WHEN ${isLocalDate(word)} THEN true ELSE false END`;
    return `t${i}, x${i}, v${i}, ${word} AS w${i}, CAST(${instant} AS BIGINT) AS i${i}, ${isDate} AS l${i}`;
  });
  const [row] = await duck.rows(`SELECT ${group.map((scan, i) => sumsOf(scan, i)).join(', ')} FROM (
    SELECT line, ${words.join(', ')} FROM (SELECT line, ${values.join(', ')} FROM (
      SELECT line, ${texts.join(', ')} FROM ${baseOf(table)})))`);
  return row ?? {};
}

/** Cells of one sort, with the line of the first. A FILTER stops at the first part that is false, an AND does not. */
function tallyOf(key: string, i: number, condition: string): string {
  return (
    `CAST(count(*) FILTER (WHERE ${condition}) AS DOUBLE) AS ${key}${i}, ` +
    `CAST(min(line) FILTER (WHERE ${condition}) AS DOUBLE) AS ${key}Line${i}`
  );
}

/** What is to be known of a column beyond its scan; of what it has none, nothing is counted. */
function sumsOf(scan: ColumnScan, i: number): string {
  const hasTimes = scan.times + scan.dateLike > 0;
  const sums = [
    ...(isNearlyUnique(scan) ? [`CAST(count(DISTINCT t${i}) AS DOUBLE) AS unique${i}`] : []),
    ...(scan.present > scan.filled ? absentSums(i) : []),
    ...(scan.numbers > 0 ? numberSums(i) : []),
    ...(scan.oddNumbers > 0 ? oddSums(i) : []),
    ...(scan.truthWords > scan.truths ? [tallyOf('yesNo', i, isOneOf(`lower(w${i})`, truthWords))] : []),
    ...(hasTimes ? timeSums(scan, i) : []),
    ...(scan.dateLike > 0 ? dateSums(i) : []),
  ];
  return sums.length === 0 ? 'NULL' : sums.join(', ');
}

function absentSums(i: number): readonly string[] {
  const isAbsent = `t${i} IS NOT NULL AND x${i} IS NULL`;
  return [`mode(t${i}) FILTER (WHERE ${isAbsent}) AS word${i}`, tallyOf('absent', i, isAbsent)];
}

function numberSums(i: number): readonly string[] {
  const hasPoint = `v${i} IS NOT NULL AND contains(x${i}, '.')`;
  const hasTail = `suffix(x${i}, '0') AND ${hasPoint} AND strlen(x${i}) - strpos(x${i}, '.') >= 2`;
  return [
    `CAST(count(*) FILTER (WHERE ${hasPoint}) AS DOUBLE) AS points${i}`,
    tallyOf('trailing', i, hasTail),
    tallyOf('noNumbers', i, `w${i} IS NOT NULL`),
  ];
}

function oddSums(i: number): readonly string[] {
  const cell = `x${i}`;
  return [
    tallyOf('zeros', i, `prefix(${cell}, '0') AND strlen(${cell}) > 1 AND regexp_full_match(${cell}, '0\\d+')`),
    tallyOf('exponents', i, `contains(lower(${cell}), 'e') AND regexp_full_match(${cell}, '\\d+[eE]\\d+')`),
    tallyOf('beyond', i, isBeyondExact(cell, `v${i}`)),
  ];
}

function timeSums({ dateLike }: ColumnScan, i: number): readonly string[] {
  const orders = dateLike === 0 ? [] : dateOrders.map((order) => localMsOf(`w${i}`, order));
  return [
    tallyOf('sentinels', i, isSentinel(`coalesce(${[`i${i}`, ...orders].join(', ')})`)),
    tallyOf('naive', i, `strlen(w${i}) > 10 AND (l${i} OR i${i} IS NOT NULL) AND NOT ${hasZone(`w${i}`)}`),
    tallyOf('noTimes', i, `x${i} IS NOT NULL AND i${i} IS NULL AND NOT l${i}`),
  ];
}

function dateSums(i: number): readonly string[] {
  const word = `w${i}`;
  // Nobody sees two readings in 05/05/2024.
  const hasReadings = `l${i} AND coalesce(${localMsOf(word, 'day-first')} <> ${localMsOf(word, 'month-first')}, true)`;
  return [
    tallyOf('dates', i, `l${i}`),
    tallyOf('example', i, hasReadings),
    `arg_min(${word}, line) FILTER (WHERE ${hasReadings}) AS date${i}`,
    ...dateOrders.map((order, place) =>
      tallyOf(`notInOrder${place}n`, i, `l${i} AND ${localMsOf(word, order)} IS NULL`),
    ),
  ];
}

/** How many more texts than values a column of numbers has: 10.1 and 10.10 are two codes and one number. */
async function countTwins(duck: Duck, table: OpenTable, { name }: ColumnScan): Promise<number> {
  const [row] = await duck.rows(`SELECT CAST(count(DISTINCT x) - count(DISTINCT ${numberOf('x')}) AS DOUBLE) AS twins
    FROM (SELECT ${cellText(table, name, 'number')} AS x FROM ${baseOf(table)})
    WHERE ${numberOf('x')} IS NOT NULL AND contains(x, '.')`);
  return Number(row?.['twins'] ?? 0);
}
