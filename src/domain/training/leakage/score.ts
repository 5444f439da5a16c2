import { auroc } from '../../../statistics/samples/ranking.ts';
import { spearman } from '../../../statistics/samples/pairs/association.ts';
import type { Cells } from './columns.ts';

/** Which rows a cell learns its mean from, and which it is scored on; every tenth row in a fixed, scattered order. */
export interface HeldOut {
  readonly learnt: Uint32Array;
  readonly held: Uint32Array;
}

const heldTenths = 3;
/** Rows of the average that each cell begins with, so that one of a few rows says little. */
const priorRows = 2;
/** Of fewer rows of either class a good feature has such an area by luck. */
const classRowsMin = 30;

export function holdOut(rows: number): HeldOut {
  const isHeld = (row: number): boolean => (Math.imul(row + 1, 0x9e_37_79_b1) >>> 0) % 10 < heldTenths;
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  return { learnt: all.filter((row) => !isHeld(row)), held: all.filter(isHeld) };
}

/**
 * Share of the variance of the target (for classes: of the Brier score) that means by cell, learnt on some rows,
 * explain on the others, up to 1; below 0 where they mislead. Null where the target does not vary there.
 */
export function explainedShare(cells: Cells, targets: readonly Float64Array[], rows: HeldOut): number | null {
  let [all, left] = [0, 0];
  for (const target of targets) {
    const prior = meanOf(target, rows.learnt);
    const means = meansByCell(cells, target, rows.learnt, prior);
    for (const row of rows.held) {
      const truth = target[row] ?? 0;
      all += (truth - prior) ** 2;
      left += (truth - (means[cells.of[row] ?? 0] ?? prior)) ** 2;
    }
  }
  return all > 0 ? 1 - left / all : null;
}

/** One column of zeros and ones for each class, or the value itself. */
export function targetsOf(labels: ArrayLike<number>, classCount: number): readonly Float64Array[] {
  if (classCount === 0) return [Float64Array.from(labels)];
  return Array.from({ length: classCount }, (_, of) => Float64Array.from(labels, (label) => (label === of ? 1 : 0)));
}

/**
 * The area under the ROC curve of a number over all rows, turned to be above a half, which is all that is learnt. Null
 * for other than two classes, and where one of them has fewer than 30 rows.
 */
export function areaOf(numbers: ArrayLike<number>, labels: ArrayLike<number>, classCount: number): number | null {
  if (classCount !== 2) return null;
  const positives = Array.from(labels).reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0);
  if (Math.min(positives, labels.length - positives) < classRowsMin) return null;
  // A missing value stands below all others: that it is missing may be what tells.
  const area = auroc(
    Float64Array.from(numbers, (value) => (Number.isNaN(value) ? -Infinity : value)),
    labels,
  );
  return area === null ? null : Math.max(area, 1 - area);
}

/** How closely the target follows the number, in ranks, on held-out rows that have it, 0 to 1. */
export function rankCorrelation(numbers: ArrayLike<number>, labels: ArrayLike<number>, rows: HeldOut): number | null {
  const present = rows.held.filter((row) => !Number.isNaN(numbers[row] ?? Number.NaN));
  const found = spearman(
    Float64Array.from(present, (row) => numbers[row] ?? 0),
    Float64Array.from(present, (row) => labels[row] ?? 0),
  );
  return found === null ? null : Math.abs(found);
}

function meansByCell(cells: Cells, target: Float64Array, rows: Uint32Array, prior: number): Float64Array {
  const sums = new Float64Array(cells.count).fill(priorRows * prior);
  const counts = new Float64Array(cells.count).fill(priorRows);
  for (const row of rows) {
    const cell = cells.of[row] ?? 0;
    sums[cell] = (sums[cell] ?? 0) + (target[row] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return sums.map((sum, cell) => sum / (counts[cell] ?? 1));
}

function meanOf(values: Float64Array, rows: Uint32Array): number {
  return rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / Math.max(1, rows.length);
}
