import { kindOf } from '../../domain/features/kind-of.ts';
import { cellCount, cellOf, type FeatureProfile } from '../../domain/training/profile.ts';
import type { FeatureRelation } from '../../domain/training/training.ts';
import { watchedOf, type Signature } from '../../domain/spec/signature.ts';
import type { FeatureColumn, FeatureColumns } from '../../onnx/run/columns.ts';
import { longRunDeviation } from '../../statistics/samples/long-run-deviation.ts';
import type { RowRange } from '../interface.ts';
import { binnedProfile, categoryProfile } from './feature-profile.ts';

/** Fewer than a reference has: each cell learns its mean, and what it learns of noise misleads. */
const bins = 10;
/** Rows of the average that each cell begins with, so that one of a few rows says little. */
const priorRows = 10;

interface Rows {
  readonly signature: Pick<Signature, 'columns' | 'derived' | 'classes'>;
  readonly columns: FeatureColumns;
  readonly labels: ArrayLike<number>;
  readonly training: RowRange;
  readonly test: RowRange;
}

/**
 * What each feature says about the target by itself: means of the target by its cells, learnt on the training rows, and
 * the share of the variance of the target that they explain on the test rows (of the Brier score where there are
 * classes). Below 0 where what was learnt misleads there. The standard error follows the memory of the rows.
 */
export function featureRelations({ signature, columns, labels, training, test }: Rows): readonly FeatureRelation[] {
  const targets = targetsOf(labels, signature.classes.length);
  const prior = targets.map((target) => meanIn(target, training));
  return watchedOf(signature).flatMap(({ name, kind }) => {
    const column = columns.byName.get(name);
    // Of what moves by nature every row is new.
    if (column === undefined || !kindOf(kind).canDrift) return [];
    const cells = cellsOf(column, training);
    const learnt = targets.map((target, i) => meansByCell(cells, target, training, prior[i] ?? 0));
    return [{ feature: name, ...explained({ cells, targets, prior, learnt }, test) }];
  });
}

/** One column of zeros and ones for each class, or the value itself. */
function targetsOf(labels: ArrayLike<number>, classes: number): readonly Float64Array[] {
  if (classes === 0) return [Float64Array.from(labels)];
  return Array.from({ length: classes }, (_, of) => Float64Array.from(labels, (label) => (label === of ? 1 : 0)));
}

interface Cells {
  readonly of: Uint16Array;
  readonly count: number;
}

function cellsOf(column: FeatureColumn, { from, to }: RowRange): Cells {
  const profile: FeatureProfile =
    'texts' in column
      ? categoryProfile(column.name, column.texts.slice(from, to))
      : binnedProfile(column.name, column.numbers.subarray(from, to), bins);
  const values: ArrayLike<number | string | null> = 'texts' in column ? column.texts : column.numbers;
  return {
    of: Uint16Array.from({ length: values.length }, (_, row) => cellOf(profile, values[row] ?? null)),
    count: cellCount(profile),
  };
}

function meansByCell({ of, count }: Cells, target: Float64Array, { from, to }: RowRange, prior: number): Float64Array {
  const sums = new Float64Array(count).fill(priorRows * prior);
  const rows = new Float64Array(count).fill(priorRows);
  for (let row = from; row < to; row++) {
    const cell = of[row] ?? 0;
    sums[cell] = (sums[cell] ?? 0) + (target[row] ?? 0);
    rows[cell] = (rows[cell] ?? 0) + 1;
  }
  return sums.map((sum, cell) => sum / (rows[cell] ?? 1));
}

interface Learnt {
  readonly cells: Cells;
  readonly targets: readonly Float64Array[];
  readonly prior: readonly number[];
  readonly learnt: readonly Float64Array[];
}

/** A ratio of two means over the same rows, with its error by their residuals (the delta method). */
function explained(
  { cells, targets, prior, learnt }: Learnt,
  { from, to }: RowRange,
): Pick<FeatureRelation, 'share' | 'standardError' | 'rows'> {
  const rows = to - from;
  const gained = new Float64Array(rows);
  const open = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const cell = cells.of[from + i] ?? 0;
    for (const [k, target] of targets.entries()) {
      const truth = target[from + i] ?? 0;
      const before = (truth - (prior[k] ?? 0)) ** 2;
      open[i] = (open[i] ?? 0) + before;
      gained[i] = (gained[i] ?? 0) + before - (truth - (learnt[k]?.[cell] ?? 0)) ** 2;
    }
  }
  const all = open.reduce((sum, value) => sum + value, 0);
  if (rows < 2 || !(all > 0)) return { share: 0, standardError: Number.MAX_VALUE, rows };
  const share = gained.reduce((sum, value) => sum + value, 0) / all;
  const residuals = gained.map((value, i) => ((value - share * (open[i] ?? 0)) * rows) / all);
  const { deviation, units } = longRunDeviation(residuals, { groups: null, span: 0 });
  return { share, standardError: deviation / Math.sqrt(units), rows };
}

function meanIn(values: Float64Array, { from, to }: RowRange): number {
  return values.subarray(from, to).reduce((sum, value) => sum + value, 0) / Math.max(1, to - from);
}
