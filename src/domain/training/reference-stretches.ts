import { createRandom } from '../../statistics/numeric/random.ts';

/**
 * Rows of the reference as they stood together, as cells of its profile, in stretches of consecutive rows: what a
 * window is held against where `watch.multivariate` is declared.
 */
export interface ReferenceStretches {
  readonly stretches: number;
  readonly stretchRows: number;
  /** At most 40: the first of the definition that can drift. */
  readonly features: readonly {
    readonly name: string;
    /** One character per row: its cell, as a place in `cellSigns`. */
    readonly cells: string;
  }[];
}

/** As many as a profile has cells at most: 64 values, others, and missing. */
export const cellSigns = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_+/';

export const stretchCount = 30;
const stretchRowsMin = 100;
const stretchRowsMax = 500;
export const stretchFeaturesMax = 40;
/** Stretches take half of the reference at most. */
const takenShareMax = 0.5;
/** Fewer rows of a reference than this have no stretches. */
export const stretchReferenceRowsMin = (stretchCount * stretchRowsMin) / takenShareMax;

export interface PlacedStretches {
  readonly starts: readonly number[];
  readonly stretchRows: number;
}

/**
 * Where the stretches of a reference of so many rows lie: at random, since those at equal distances might all meet a
 * season in the same phase; the same for the same number. Null where the reference has too few rows.
 */
export function placeStretches(rows: number): PlacedStretches | null {
  if (rows < stretchReferenceRowsMin) return null;
  const stretchRows = Math.min(stretchRowsMax, Math.floor((rows * takenShareMax) / stretchCount));
  const random = createRandom(`stretches of ${rows}`);
  const between = rows - stretchCount * stretchRows;
  const starts = Array.from({ length: stretchCount }, () => Math.floor(random.next() * between))
    .toSorted((a, b) => a - b)
    .map((left, stretch) => left + stretch * stretchRows);
  return { starts, stretchRows };
}

/** Cells of one feature by row, of a reference that has them in the order of its rows. */
export function writeCells({ starts, stretchRows }: PlacedStretches, cellAt: (row: number) => number): string {
  return starts
    .flatMap((start) => Array.from({ length: stretchRows }, (_, row) => cellSigns[cellAt(start + row)] ?? ''))
    .join('');
}

export function readCells(cells: string): Uint8Array {
  const places = new Uint8Array(128);
  for (let place = 0; place < cellSigns.length; place++) places[cellSigns.charCodeAt(place)] = place;
  return Uint8Array.from(cells, (sign) => places[sign.charCodeAt(0)] ?? 0);
}
