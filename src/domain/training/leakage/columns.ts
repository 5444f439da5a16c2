/** A column of values; a missing number is NaN, a missing word null. */
export type LeakageColumn = { readonly name: string; readonly isTime?: boolean } & (
  | { readonly numbers: ArrayLike<number> }
  | { readonly texts: ArrayLike<string | null> }
);

/** Labelled rows in their order. */
export interface LeakageRows {
  readonly features: readonly LeakageColumn[];
  readonly targetName: string;
  /** A class number for each row, or the value itself. */
  readonly labels: ArrayLike<number>;
  /** 0 for a target without classes. */
  readonly classCount: number;
  /** Epoch milliseconds, NaN where missing; null without event time. */
  readonly eventTimeMs: ArrayLike<number> | null;
}

/** A cell for each row, the last one for missing values. */
export interface Cells {
  readonly of: Uint16Array;
  readonly count: number;
}

/** More than a reference has: a threshold that tells classes apart must not lie deep inside a cell. */
const cellsMax = 64;
/** A rarer word, or number, has no cell of its own: the rows that are held out would not know it. */
const cellRowsMin = 10;

export function cellsOf(column: LeakageColumn): Cells {
  return 'numbers' in column ? numberCells(column.numbers) : wordCells(column.texts);
}

export function numberCells(numbers: ArrayLike<number>): Cells {
  const sorted = Float64Array.from(numbers)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const count = Math.max(1, Math.min(cellsMax, Math.floor(sorted.length / cellRowsMin)));
  const edges = distinctOf(sorted, count) ?? quantilesOf(sorted, count);
  const of = Uint16Array.from(numbers, (value) => (Number.isNaN(value) ? edges.length : placeOf(edges, value)));
  return { of, count: edges.length + 1 };
}

/** Up to so many distinct values of a sorted column; null where there are more. */
function distinctOf(sorted: Float64Array, max: number): readonly number[] | null {
  const found: number[] = [];
  for (const value of sorted) {
    if (value === found.at(-1)) continue;
    if (found.length === max) return null;
    found.push(value);
  }
  return found;
}

function quantilesOf(sorted: Float64Array, count: number): readonly number[] {
  const edges = Array.from({ length: count }, (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / count) - 1]);
  return [...new Set(edges)].filter((edge) => edge !== undefined);
}

/** The first edge that is not below the value; the last one where all are. */
function placeOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, Math.max(0, edges.length - 1)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function wordCells(texts: ArrayLike<string | null>): Cells {
  const rows = new Map<string, number>();
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? null;
    if (text !== null) rows.set(text, (rows.get(text) ?? 0) + 1);
  }
  const frequent = [...rows].filter(([, count]) => count >= cellRowsMin);
  const kept = frequent.toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, cellsMax - 1);
  const places = new Map(kept.map(([text], place) => [text, place]));
  const others = kept.length;
  const of = Uint16Array.from(texts, (text) => (text === null ? others + 1 : (places.get(text) ?? others)));
  return { of, count: others + 2 };
}
