import { normalQuantile } from '../../../statistics/distributions/normal.ts';
import { total } from '../../../statistics/samples/chi-square.ts';
import { referenceCells, type CellCounts, type FeatureProfile } from '../../training/profile.ts';

/** A number for each cell of one feature: mean 0 and standard deviation 1 over the reference. */
export interface StandardColumn {
  readonly feature: string;
  readonly ofCell: Float64Array;
}

/** What pairs are made of; their number grows with the square. */
export const columnsMax = 40;
const valuesMax = 4;
/** Of a rarer value, hardly a row is met in a stretch. */
const shareMin = 0.01;

/**
 * Features as numbers: one that has an order by the normal score of its bin, a category by whether it is each of its
 * four most frequent values, and either by whether it is missing. The first 40 count.
 */
export function standardColumns(profiles: readonly FeatureProfile[]): readonly StandardColumn[] {
  return profiles.flatMap(columnsOf).slice(0, columnsMax);
}

function columnsOf(profile: FeatureProfile): readonly StandardColumn[] {
  const counts = referenceCells(profile);
  const missing = counts.length - 1;
  const raw =
    profile.kind === 'binned'
      ? [normalScores(counts), ...indicatorsOf(counts, [missing])]
      : indicatorsOf(counts, [...mostFrequent(counts.slice(0, -2)), missing]);
  return raw.flatMap((ofCell) => {
    const standard = standardised(ofCell, counts);
    return standard === null ? [] : [{ feature: profile.name, ofCell: standard }];
  });
}

function mostFrequent(counts: CellCounts): readonly number[] {
  return counts
    .map((_, cell) => cell)
    .toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0))
    .slice(0, valuesMax);
}

function indicatorsOf(counts: CellCounts, cells: readonly number[]): readonly Float64Array[] {
  const rows = total(counts) || 1;
  return cells
    .filter((cell) => (counts[cell] ?? 0) >= shareMin * rows)
    .map((cell) => Float64Array.from(counts, (_, at) => (at === cell ? 1 : 0)));
}

/** The quantile of the middle of each bin; the middle of all for missing values, which say nothing here. */
function normalScores(counts: CellCounts): Float64Array {
  const bins = counts.slice(0, -1);
  const rows = total(bins) || 1;
  let below = 0;
  const scores = bins.map((count) => {
    const middle = (below + count / 2) / rows;
    below += count;
    return normalQuantile(Math.min(0.999, Math.max(0.001, middle)));
  });
  return Float64Array.of(...scores, 0);
}

/** Null for what is the same in all rows. */
function standardised(ofCell: Float64Array, counts: CellCounts): Float64Array | null {
  const rows = total(counts) || 1;
  const mean = counts.reduce((sum, count, cell) => sum + count * (ofCell[cell] ?? 0), 0) / rows;
  const squares = counts.reduce((sum, count, cell) => sum + count * ((ofCell[cell] ?? 0) - mean) ** 2, 0) / rows;
  return squares < 1e-9 ? null : ofCell.map((value) => (value - mean) / Math.sqrt(squares));
}
