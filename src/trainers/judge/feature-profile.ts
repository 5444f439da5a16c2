import {
  cellCount,
  cellOf,
  type BinnedProfile,
  type CategoryProfile,
  type FeatureProfile,
} from '../../domain/training/profile.ts';
import { blockSpreads } from '../../statistics/samples/block-spread.ts';

/** A cell of fewer reference rows says more about the sample than about the feature. */
const cellRowsMin = 10;
const valuesMax = 64;
/** Values are chosen in every other stretch of rows: a twentieth of all, and not so short that an entity spans two. */
const stretches = 20;
const stretchRowsMin = 50;

/**
 * Edges at the quantiles i / bins, with at least 10 rows in every cell; an edge at the largest value would leave an
 * empty cell above it and is left out.
 */
export function binnedProfile(name: string, numbers: Float64Array, binsMax: number): BinnedProfile {
  const sorted = numbers.filter((value) => !Number.isNaN(value)).sort();
  const top = sorted[sorted.length - 1] ?? NaN;
  const bins = Math.min(binsMax, Math.floor(sorted.length / cellRowsMin));
  const edges: number[] = [];
  let below = 0;
  for (let i = 1; i < bins; i++) {
    const edge = sorted[Math.ceil((sorted.length * i) / bins) - 1];
    if (edge === undefined || edge >= top || edge <= (edges[edges.length - 1] ?? -Infinity)) continue;
    const upTo = rowsUpTo(sorted, edge);
    if (upTo - below < cellRowsMin || sorted.length - upTo < cellRowsMin) continue;
    edges.push(edge);
    below = upTo;
  }
  const empty: BinnedProfile = { name, kind: 'binned', edges, counts: [], missing: 0 };
  const cells = Uint16Array.from(numbers, (value) => cellOf(empty, value));
  const counts = countsOf(cells, cellCount(empty));
  return { ...empty, counts: counts.slice(0, -1), missing: counts.at(-1) ?? 0, ...memoryOf(cells, empty) };
}

function rowsUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The most frequent values. Those that are frequent in one sample are less so in the next: counted on the rows by which
 * they were chosen, a table of rare values alarms on an exact redraw. So every other stretch of rows chooses and the
 * rest is counted. Stretches and not single rows, because neighbouring rows may be of one entity; not two halves,
 * because the values of a stream change. Where no value is rare, nothing was chosen, and all rows are counted.
 */
export function categoryProfile(name: string, texts: readonly (string | null)[]): CategoryProfile {
  const stretchRows = Math.max(stretchRowsMin, Math.ceil(texts.length / stretches));
  const isChoosing = (row: number): boolean => Math.floor(row / stretchRows) % 2 === 0;
  const chosen = frequencies(texts.filter((_, row) => isChoosing(row)));
  const values = chosen.filter(([, rows]) => rows >= cellRowsMin).slice(0, valuesMax);
  const isEach = values.length === chosen.length && values.every(([, rows]) => rows >= 2 * cellRowsMin);
  const known = new Set(values.map(([value]) => value));
  const isChosen = !isEach || texts.some((text) => text !== null && !known.has(text));
  return valuesProfile(
    name,
    values.map(([value]) => value),
    texts,
    isChosen ? (row) => !isChoosing(row) : undefined,
  );
}

function frequencies(texts: readonly (string | null)[]): readonly (readonly [string, number])[] {
  const rows = new Map<string, number>();
  for (const text of texts) if (text !== null) rows.set(text, (rows.get(text) ?? 0) + 1);
  return [...rows].toSorted(([a, rowsA], [b, rowsB]) => rowsB - rowsA || (a < b ? -1 : 1));
}

/** A category whose values are given; counted are the rows for which `isCounted` holds, memory is that of all. */
export function valuesProfile(
  name: string,
  values: readonly string[],
  texts: readonly (string | null)[],
  isCounted: (row: number) => boolean = () => true,
): CategoryProfile {
  const empty: CategoryProfile = { name, kind: 'category', values, counts: [], other: 0, missing: 0 };
  const places = new Map(values.map((value, place) => [value, place]));
  const cells = Uint16Array.from(texts, (text) =>
    text === null ? values.length + 1 : (places.get(text) ?? values.length),
  );
  const counts = countsOf(
    cells.filter((_, row) => isCounted(row)),
    cellCount(empty),
  );
  return {
    ...empty,
    counts: counts.slice(0, -2),
    other: counts.at(-2) ?? 0,
    missing: counts.at(-1) ?? 0,
    ...memoryOf(cells, empty),
  };
}

function countsOf(cells: Uint16Array, count: number): readonly number[] {
  const counts = new Array<number>(count).fill(0);
  for (const cell of cells) counts[cell] = (counts[cell] ?? 0) + 1;
  return counts;
}

function memoryOf(cells: Uint16Array, profile: FeatureProfile): Pick<FeatureProfile, 'memory'> {
  return { memory: blockSpreads(cells, cellCount(profile)) };
}
