import type { Imbalance } from '../../domain/spec/trainer-spec.ts';
import type { ShiftMap } from '../../domain/training/calibration/score-map.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import type { FitRequest, RowRange } from '../interface.ts';

/** Rows of a frequent class that are left, for one of the rarest class. */
const rowsPerRareRow = 4;

/** How rows are counted for a fit, and the map that takes it back. */
export interface Balanced {
  /** Of each row; 0 leaves a training row out. */
  readonly weights: Float64Array;
  readonly map: ShiftMap;
}

type Rows = Pick<FitRequest<unknown>, 'labels' | 'weights' | 'training' | 'validation'>;

/**
 * Rows as a fit is to count them. `weights`: each class sums to the same. `undersample`: of each class a share of the
 * training rows by chance, drawn by the seed and the place of the row, four for each row of the rarest class at most.
 * Validation rows count as training rows of their class do on average, so that early stopping judges what is fitted.
 * The map divides the odds by what each class was counted (Elkan 2001; Dal Pozzolo et al. 2015). Null where every class
 * keeps all of its rows, and where a class has none.
 */
export function balance(imbalance: Imbalance, rows: Rows, classes: number, seed: number): Balanced | null {
  const { labels, training, validation } = rows;
  const counts = countsIn(rows, classes);
  if (counts.some((count) => count <= 0)) return null;
  const factors = imbalance === 'weights' ? evenFactors(counts) : keptShares(counts);
  if (factors.every((factor) => factor === 1)) return null;
  const weights = Float64Array.from(labels, (_, row) => rows.weights?.[row] ?? 1);
  const kept = imbalance === 'weights' ? factors : drawRows(rows, weights, factors, seed);
  const scale = (range: RowRange | null): void => {
    for (let row = range?.from ?? 0; row < (range?.to ?? 0); row++)
      weights[row] = (weights[row] ?? 0) * (kept[labels[row] ?? 0] ?? 1);
  };
  if (imbalance === 'weights') scale(training);
  scale(validation);
  return { weights, map: { kind: 'shift', by: kept.map((factor) => -Math.log(factor)) } };
}

/** Sums of the weights of training rows, by class. */
function countsIn({ labels, weights, training }: Rows, classes: number): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let row = training.from; row < training.to; row++) {
    const label = labels[row] ?? 0;
    counts[label] = (counts[label] ?? 0) + (weights?.[row] ?? 1);
  }
  return counts;
}

/** So that all rows together count what they did. */
function evenFactors(counts: readonly number[]): readonly number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => all / (counts.length * count));
}

function keptShares(counts: readonly number[]): readonly number[] {
  const rarest = Math.min(...counts);
  return counts.map((count) => Math.min(1, (rowsPerRareRow * rarest) / count));
}

/** Leaves rows out, and gives the share of each class that is left: what the odds are divided by is what was drawn. */
function drawRows(
  { labels, training }: Rows,
  weights: Float64Array,
  shares: readonly number[],
  seed: number,
): readonly number[] {
  const random = createRandom(seed).fork('rows of frequent classes');
  const all = shares.map(() => 0);
  const left = shares.map(() => 0);
  for (let row = training.from; row < training.to; row++) {
    const label = labels[row] ?? 0;
    const weight = weights[row] ?? 0;
    all[label] = (all[label] ?? 0) + weight;
    // Drawn for every row, so that what becomes of one hangs on no other.
    if (random.next() < (shares[label] ?? 1)) left[label] = (left[label] ?? 0) + weight;
    else weights[row] = 0;
  }
  return all.map((sum, label) => ((left[label] ?? 0) > 0 ? (left[label] ?? 0) / sum : (shares[label] ?? 1)));
}
