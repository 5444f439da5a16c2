import {
  cellCount,
  type BinnedProfile,
  type CategoryProfile,
  type FeatureProfile,
} from '../../domain/training/profile.ts';
import type { SeasonRows } from './season-rows.ts';
import { blockSpreads } from '../../statistics/samples/block-spread.ts';
import { orderStatistics } from '../../statistics/samples/order-statistics.ts';

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
export function binnedProfile(
  name: string,
  numbers: Float64Array,
  binsMax: number,
  season?: SeasonRows,
): BinnedProfile {
  const present = withoutMissing(numbers);
  const bins = Math.min(binsMax, Math.floor(present.length / cellRowsMin));
  const ranks = Array.from(
    { length: Math.max(0, bins - 1) },
    (_, i) => Math.ceil((present.length * (i + 1)) / bins) - 1,
  );
  const quantiles = orderStatistics(present, [...ranks, ...(present.length > 0 ? [present.length - 1] : [])]);
  const top = quantiles.at(-1) ?? Number.NaN;
  const tried = quantiles.filter((edge, i) => edge < top && edge > (quantiles[i - 1] ?? -Infinity));
  const cells = cellsOf({ name, kind: 'binned', edges: tried, counts: [], missing: 0 }, numbers);
  return mergedProfile({ name, tried, cells, present: present.length }, season);
}

/** Loops: a callback for each of a million numbers takes longer than all that follows. */
function withoutMissing(numbers: Float64Array): Float64Array {
  let rows = 0;
  for (let row = 0; row < numbers.length; row++) if (!Number.isNaN(numbers[row])) rows++;
  if (rows === numbers.length) return numbers;
  const present = new Float64Array(rows);
  rows = 0;
  for (const value of numbers) if (!Number.isNaN(value)) present[rows++] = value;
  return present;
}

interface Tried {
  readonly name: string;
  /** Edges that may be too many. */
  readonly tried: readonly number[];
  /** Of each row, by those edges. */
  readonly cells: Uint16Array;
  /** Rows that are not missing. */
  readonly present: number;
}

/** Without the edges below or above which there would be too few rows. */
function mergedProfile({ name, tried, cells, present }: Tried, season: SeasonRows | undefined): BinnedProfile {
  const counted = countsOf(cells, tried.length + 2);
  const edges: number[] = [];
  const placeOf = new Uint16Array(tried.length + 2);
  let [below, upTo] = [0, 0];
  tried.forEach((edge, cell) => {
    placeOf[cell] = edges.length;
    upTo += counted[cell] ?? 0;
    if (upTo - below < cellRowsMin || present - upTo < cellRowsMin) return;
    edges.push(edge);
    below = upTo;
  });
  placeOf[tried.length] = edges.length;
  placeOf[tried.length + 1] = edges.length + 1;
  const empty: BinnedProfile = { name, kind: 'binned', edges, counts: [], missing: 0 };
  const merged = edges.length === tried.length ? cells : cells.map((cell) => placeOf[cell] ?? 0);
  const counts = countsOf(merged, cellCount(empty));
  return { ...empty, counts: counts.slice(0, -1), missing: counts.at(-1) ?? 0, ...memoryOf(merged, empty, season) };
}

/** Of each number the cell that `cellOf` says. The search has no branches: a processor guesses half of them wrongly. */
export function cellsOf({ edges }: BinnedProfile, numbers: Float64Array): Uint16Array {
  const cells = new Uint16Array(numbers.length);
  const half = 2 ** Math.floor(Math.log2(edges.length + 1));
  const padded = new Float64Array(2 * half).fill(Infinity);
  padded.set(edges);
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row] ?? Number.NaN;
    let cell = 0;
    for (let step = half; step > 0; step >>= 1) cell += step * Number(value > (padded[cell + step - 1] ?? Infinity));
    cells[row] = Number.isNaN(value) ? edges.length + 1 : cell;
  }
  return cells;
}

/**
 * The most frequent values. Those that are frequent in one sample are less so in the next: counted on the rows by which
 * they were chosen, a table of rare values alarms on an exact redraw. So every other stretch of rows chooses and the
 * rest is counted. Stretches and not single rows, because neighbouring rows may be of one entity; not two halves,
 * because the values of a stream change. Where no value is rare, nothing was chosen, and all rows are counted.
 */
export function categoryProfile(name: string, texts: readonly (string | null)[], season?: SeasonRows): CategoryProfile {
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
    season,
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
  season?: SeasonRows,
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
    ...memoryOf(cells, empty, season, isCounted),
  };
}

/** Rows by cell. */
export function countsOf(cells: Uint16Array, count: number): readonly number[] {
  const counts = new Uint32Array(count);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] ?? 0;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return [...counts];
}

function memoryOf(
  cells: Uint16Array,
  profile: FeatureProfile,
  season: SeasonRows | undefined,
  isCounted: (row: number) => boolean = () => true,
): Pick<FeatureProfile, 'memory' | 'seasonal'> {
  const count = cellCount(profile);
  const memory = blockSpreads(cells, count);
  if (season === undefined) return { memory };
  const counts = Array.from({ length: season.count }, () => new Array<number>(count).fill(0));
  cells.forEach((cell, row) => {
    const counted = isCounted(row) ? counts[season.ofRow[row] ?? -1] : undefined;
    if (counted !== undefined) counted[cell] = (counted[cell] ?? 0) + 1;
  });
  return { memory, seasonal: { counts, memory: blockSpreads(cells, count, season) } };
}
