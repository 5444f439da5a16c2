import { setImmediate as nextTick } from 'node:timers/promises';
import type { ColumnDrift, DriftWithin } from '../../domain/training/snapshot-profile.ts';
import { blockSpreads } from '../../statistics/samples/block-spread.ts';
import { percentile } from '../../statistics/samples/bootstrap.ts';
import { chiSquareHomogeneity } from '../../statistics/samples/chi-square.ts';
import { standardShift } from '../../statistics/samples/divergence.ts';
import { benjaminiHochberg } from '../../statistics/samples/multiplicity.ts';
import { mostFrequent } from './associations.ts';
import type { SampledColumn } from './read-sample.ts';

const parts = 10;
/** Parts at either end that are held against each other. */
const endParts = 2;
const rowsMin = 200;
const binCount = 10;
const wordsMax = 20;
/** A column has moved when chance would show that in one of a hundred columns, and it is more than a small effect. */
const pValueMax = 0.01;
const shiftMin = 0.2;
/** So far is moved without a test: a steady trend is in the first fifth too, and passes for its memory. */
const shiftFar = 1;

interface Cells {
  readonly of: Uint16Array;
  readonly count: number;
}

/**
 * How far each column moves in the order of the rows: tenths against the first one, and the first fifth against the
 * last. Rows depend on each other, and the test takes them to depend as those of the first fifth do; what moved by a
 * standard deviation counts as moved without it. Nothing is said of fewer than 200 rows. Other work of the process goes
 * on between columns.
 */
export async function driftWithin(columns: readonly SampledColumn[]): Promise<DriftWithin> {
  const rows = rowsOf(columns[0]);
  if (rows < rowsMin) return { parts, columns: [] };
  const cells: Cells[] = [];
  const ends: ReturnType<typeof endsOf>[] = [];
  for (const column of columns) {
    const one = cellsOf(column);
    cells.push(one);
    ends.push(endsOf(one, rows));
    // oxlint-disable-next-line no-await-in-loop -- this process answers people as well
    await nextTick();
  }
  const adjusted = benjaminiHochberg(ends.map(({ pValue }) => pValue));
  return {
    parts,
    columns: cells.map((one, at): ColumnDrift => {
      const shift = ends[at]?.shift ?? 0;
      const pValue = adjusted[at] ?? 1;
      const hasMoved = shift >= shiftFar || (pValue <= pValueMax && shift >= shiftMin);
      return { name: columns[at]?.name ?? '', shifts: shiftsOf(one, rows), ends: { shift, pValue, hasMoved } };
    }),
  };
}

function rowsOf(column: SampledColumn | undefined): number {
  if (column === undefined) return 0;
  return 'numbers' in column ? column.numbers.length : column.texts.length;
}

function endsOf(cells: Cells, rows: number): { readonly shift: number; readonly pValue: number } {
  const firstTo = Math.floor((rows * endParts) / parts);
  const first = countsOf(cells, 0, firstTo);
  const last = countsOf(cells, rows - firstTo, rows);
  const { pValue } = chiSquareHomogeneity(first, last, blockSpreads(cells.of.subarray(0, firstTo), cells.count));
  return { shift: standardShift(first, last, 1), pValue };
}

function shiftsOf(cells: Cells, rows: number): readonly number[] {
  const from = (part: number): number => Math.floor((rows * part) / parts);
  const first = countsOf(cells, 0, from(1));
  return Array.from({ length: parts - 1 }, (_, part) =>
    standardShift(first, countsOf(cells, from(part + 1), from(part + 2)), 1),
  );
}

function countsOf({ of, count }: Cells, from: number, to: number): Float64Array {
  const counts = new Float64Array(count);
  for (let row = from; row < to; row++) {
    const cell = of[row] ?? 0;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

/** Tenths of the whole sample, or the most frequent words; the last cell is that of missing values. */
function cellsOf(column: SampledColumn): Cells {
  if ('texts' in column) {
    const { places, others } = mostFrequent(column.texts, wordsMax);
    const of = Uint16Array.from(column.texts, (text) => (text === null ? others + 1 : (places.get(text) ?? others)));
    return { of, count: others + 2 };
  }
  const sorted = column.numbers.filter((value) => !Number.isNaN(value)).sort();
  const shares = Array.from({ length: binCount - 1 }, (_, at) => (at + 1) / binCount);
  const edges = sorted.length === 0 ? [] : [...new Set(shares.map((share) => percentile(sorted, share)))];
  const place = (value: number): number => edges.filter((edge) => edge < value).length;
  const of = Uint16Array.from(column.numbers, (value) => (Number.isNaN(value) ? edges.length + 1 : place(value)));
  return { of, count: edges.length + 2 };
}
