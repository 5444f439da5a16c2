import { setImmediate as nextTick } from 'node:timers/promises';
import type { Association } from '../../domain/training/snapshot-profile.ts';
import { correlationRatio, cramersV, pearson } from '../../statistics/samples/pairs/association.ts';
import { ascendingOrder, midRanks } from '../../statistics/samples/ranking.ts';
import type { SampledColumn } from './read-sample.ts';

/** Columns that are held against each other, two by two; the others only against the target. */
export const pairColumnsMax = 40;
export const associationsMax = 200;
/** Words that stand for themselves, the most frequent ones; all others are one. */
const wordsMax = 30;
const pairRowsMin = 10;
/** The place of a row that is not among those of a pair. */
const absent = 0xff_ff_ff_ff;

interface Numbers {
  readonly numbers: Float64Array;
  /** Rows by their number: a column is sorted once, not once for each pair. */
  readonly order: Uint32Array;
  /** Its ranks; null where a row has no number, since each pair then has rows of its own. */
  readonly ranks: Float64Array | null;
}

type Grouped = { readonly name: string } & (Numbers | Groups);

export interface PairAsk {
  /** The target first, where there is one. */
  readonly columns: readonly SampledColumn[];
  readonly target: string | null;
}

/**
 * How columns go with the target and with each other, strongest first: Pearson and Spearman for two numbers, Cramér's V
 * for two columns of words, the correlation ratio for one of each. At most 40 columns are held against each other, and
 * at most 200 pairs are kept, those with the target before others. Other work of the process goes on between columns.
 */
export async function associationsOf({ columns, target }: PairAsk): Promise<readonly Association[]> {
  const grouped = columns.map(groupedOf);
  const found: Association[] = [];
  const add = (a: Grouped, b: Grouped): void => {
    const one = associate(a, b);
    if (one !== null) found.push({ ...one, isWithTarget: a.name === target || b.name === target });
  };
  const aim = grouped.find(({ name }) => name === target);
  const others = grouped.filter((column) => column !== aim);
  if (aim !== undefined) for (const column of others) add(column, aim);
  for (const [at, column] of others.slice(0, pairColumnsMax).entries()) {
    // oxlint-disable-next-line no-await-in-loop -- this process answers people as well
    await nextTick();
    for (const other of others.slice(at + 1, pairColumnsMax)) add(column, other);
  }
  return found
    .toSorted((a, b) => Number(b.isWithTarget) - Number(a.isWithTarget) || b.strength - a.strength)
    .slice(0, associationsMax);
}

function associate(a: Grouped, b: Grouped): Omit<Association, 'isWithTarget'> | null {
  const columns: readonly [string, string] = [a.name, b.name];
  if ('numbers' in a && 'numbers' in b) return ofNumbers(columns, a, b);
  if ('groups' in a && 'groups' in b) return ofWords(columns, a, b);
  const [words, numbers] = 'groups' in a ? [a, b] : [b, a];
  return 'groups' in words && 'numbers' in numbers ? ofBoth(columns, words, numbers.numbers) : null;
}

function ofNumbers(columns: readonly [string, string], a: Numbers, b: Numbers) {
  const { x, y, ranksX, ranksY } = pairedOf(a, b);
  if (x.length < pairRowsMin) return null;
  const [straight, ranked] = [pearson(x, y), pearson(ranksX, ranksY)];
  if (straight === null || ranked === null) return null;
  const strength = Math.max(Math.abs(straight), Math.abs(ranked));
  return { columns, measure: 'correlation' as const, strength, pearson: straight, spearman: ranked, rows: x.length };
}

/** Numbers and ranks of the rows that have both. */
function pairedOf(a: Numbers, b: Numbers) {
  if (a.ranks !== null && b.ranks !== null) return { x: a.numbers, y: b.numbers, ranksX: a.ranks, ranksY: b.ranks };
  const isIn = (row: number): boolean => !Number.isNaN(a.numbers[row] ?? NaN) && !Number.isNaN(b.numbers[row] ?? NaN);
  const rows = rowsWith(a.numbers.length, isIn);
  const places = new Uint32Array(a.numbers.length).fill(absent);
  for (const [place, row] of rows.entries()) places[row] = place;
  const valuesOf = ({ numbers }: Numbers): Float64Array => Float64Array.from(rows, (row) => numbers[row] ?? 0);
  const ranksOf = (values: Float64Array, { order }: Numbers): Float64Array =>
    midRanks(
      values,
      order.map((row) => places[row] ?? absent).filter((place) => place !== absent),
    );
  const [x, y] = [valuesOf(a), valuesOf(b)];
  return { x, y, ranksX: ranksOf(x, a), ranksY: ranksOf(y, b) };
}

function ofWords(columns: readonly [string, string], a: Groups, b: Groups) {
  const counts = new Float64Array(a.count * b.count);
  let rows = 0;
  for (let row = 0; row < a.groups.length; row++) {
    const [one, other] = [a.groups[row] ?? -1, b.groups[row] ?? -1];
    if (one < 0 || other < 0) continue;
    rows++;
    const at = one * b.count + other;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const strength = rows < pairRowsMin ? null : cramersV(counts, b.count);
  return strength === null ? null : { columns, measure: 'cramersV' as const, strength, rows };
}

function ofBoth(columns: readonly [string, string], { groups, count }: Groups, numbers: Float64Array) {
  const rows = rowsWith(numbers.length, (row) => (groups[row] ?? -1) >= 0 && !Number.isNaN(numbers[row] ?? NaN));
  if (rows.length < pairRowsMin) return null;
  const of = Int16Array.from(rows, (row) => groups[row] ?? 0);
  const values = Float64Array.from(rows, (row) => numbers[row] ?? 0);
  const strength = correlationRatio(of, count, values);
  return strength === null ? null : { columns, measure: 'correlationRatio' as const, strength, rows: rows.length };
}

interface Groups {
  readonly groups: Int16Array;
  readonly count: number;
}

function rowsWith(count: number, isIn: (row: number) => boolean): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (isIn(row)) rows.push(row);
  return rows;
}

function groupedOf(column: SampledColumn): Grouped {
  if ('numbers' in column) {
    const order = ascendingOrder(column.numbers);
    const isWhole = !column.numbers.includes(NaN);
    return { ...column, order, ranks: isWhole ? midRanks(column.numbers, order) : null };
  }
  const { places, others } = mostFrequent(column.texts, wordsMax);
  const groups = Int16Array.from(column.texts, (text) => (text === null ? -1 : (places.get(text) ?? others)));
  return { name: column.name, groups, count: others + 1 };
}

/** Places of the most frequent words; equally frequent ones by name. `others` is that of all the rest. */
export function mostFrequent(
  texts: readonly (string | null)[],
  max: number,
): { readonly places: ReadonlyMap<string, number>; readonly others: number } {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  const kept = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, max);
  return { places: new Map(kept.map(([word], place) => [word, place])), others: kept.length };
}
