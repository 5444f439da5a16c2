import type { Association } from '../../domain/training/snapshot-profile.ts';
import { correlationRatio, cramersV, pearson, spearman } from '../../statistics/samples/pairs/association.ts';
import type { SampledColumn } from './read-sample.ts';

/** Columns that are held against each other, two by two; the others only against the target. */
export const pairColumnsMax = 40;
export const associationsMax = 200;
/** Words that stand for themselves, the most frequent ones; all others are one. */
const wordsMax = 30;
const pairRowsMin = 10;

type Grouped = { readonly name: string } & (
  | { readonly numbers: Float64Array }
  | { readonly groups: Int16Array; readonly count: number }
);

export interface PairAsk {
  /** The target first, where there is one. */
  readonly columns: readonly SampledColumn[];
  readonly target: string | null;
}

/**
 * How columns go with the target and with each other, strongest first: Pearson and Spearman for two numbers, Cramér's V
 * for two columns of words, the correlation ratio for one of each. At most 40 columns are held against each other, and
 * at most 200 pairs are kept, those with the target before others.
 */
export function associationsOf({ columns, target }: PairAsk): readonly Association[] {
  const grouped = columns.map(groupedOf);
  const found: Association[] = [];
  const add = (a: Grouped, b: Grouped): void => {
    const one = associate(a, b);
    if (one !== null) found.push({ ...one, isWithTarget: a.name === target || b.name === target });
  };
  const aim = grouped.find(({ name }) => name === target);
  const others = grouped.filter((column) => column !== aim);
  if (aim !== undefined) for (const column of others) add(column, aim);
  for (const [at, column] of others.slice(0, pairColumnsMax).entries())
    for (const other of others.slice(at + 1, pairColumnsMax)) add(column, other);
  return found
    .toSorted((a, b) => Number(b.isWithTarget) - Number(a.isWithTarget) || b.strength - a.strength)
    .slice(0, associationsMax);
}

function associate(a: Grouped, b: Grouped): Omit<Association, 'isWithTarget'> | null {
  const columns: readonly [string, string] = [a.name, b.name];
  if ('numbers' in a && 'numbers' in b) return ofNumbers(columns, a.numbers, b.numbers);
  if ('groups' in a && 'groups' in b) return ofWords(columns, a, b);
  const [words, numbers] = 'groups' in a ? [a, b] : [b, a];
  return 'groups' in words && 'numbers' in numbers ? ofBoth(columns, words, numbers.numbers) : null;
}

function ofNumbers(columns: readonly [string, string], a: Float64Array, b: Float64Array) {
  const rows = rowsWith(a.length, (row) => !Number.isNaN(a[row] ?? NaN) && !Number.isNaN(b[row] ?? NaN));
  if (rows.length < pairRowsMin) return null;
  const [x, y] = [a, b].map((values) => Float64Array.from(rows, (row) => values[row] ?? 0));
  const [straight, ranked] = [pearson(x ?? [], y ?? []), spearman(x ?? [], y ?? [])];
  if (straight === null || ranked === null) return null;
  const strength = Math.max(Math.abs(straight), Math.abs(ranked));
  return {
    columns,
    measure: 'correlation' as const,
    strength,
    pearson: straight,
    spearman: ranked,
    rows: rows.length,
  };
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
  if ('numbers' in column) return column;
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
