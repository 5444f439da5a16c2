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

/** A class number for each row, or the value itself where `classCount` is 0. */
export interface Target {
  readonly labels: ArrayLike<number>;
  readonly classCount: number;
}

/**
 * Share of the variance of the target (for classes: of the Brier score) that means by cell, learnt on some rows,
 * explain on the others, up to 1; below 0 where they mislead. Null where the target does not vary there. Linear in
 * rows, and in cells times classes.
 */
export function explainedShare(cells: Cells, target: Target, rows: HeldOut): number | null {
  const { all, left } = target.classCount === 0 ? valueErrors(cells, target, rows) : classErrors(cells, target, rows);
  return all > 0 ? 1 - left / all : null;
}

/** Squared errors on held-out rows: of the mean of all that was learnt, and of those by cell. */
interface Errors {
  readonly all: number;
  readonly left: number;
}

function valueErrors(cells: Cells, { labels }: Target, { learnt, held }: HeldOut): Errors {
  const prior = learnt.reduce((sum, row) => sum + (labels[row] ?? 0), 0) / Math.max(1, learnt.length);
  const sums = new Float64Array(cells.count).fill(priorRows * prior);
  const counts = new Float64Array(cells.count).fill(priorRows);
  for (const row of learnt) {
    const cell = cells.of[row] ?? 0;
    sums[cell] = (sums[cell] ?? 0) + (labels[row] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  let [all, left] = [0, 0];
  for (const row of held) {
    const truth = labels[row] ?? 0;
    const cell = cells.of[row] ?? 0;
    all += (truth - prior) ** 2;
    left += (truth - (sums[cell] ?? 0) / (counts[cell] ?? 1)) ** 2;
  }
  return { all, left };
}

/**
 * The Brier score of shares p where the class is y is the sum of (1 at y, else 0, minus p) squared over all classes,
 * which is 1 - 2 p(y) + the sum of p squared: the last part is that of a cell, and no row asks all classes.
 */
function classErrors(cells: Cells, { labels, classCount }: Target, { learnt, held }: HeldOut): Errors {
  const prior = new Float64Array(classCount);
  const shares = new Float64Array(cells.count * classCount);
  const counts = new Float64Array(cells.count).fill(priorRows);
  for (const row of learnt) {
    const [cell, label] = [cells.of[row] ?? 0, labels[row] ?? 0];
    prior[label] = (prior[label] ?? 0) + 1;
    shares[cell * classCount + label] = (shares[cell * classCount + label] ?? 0) + 1;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  for (let label = 0; label < classCount; label++) prior[label] = (prior[label] ?? 0) / Math.max(1, learnt.length);
  const squares = new Float64Array(cells.count);
  for (let at = 0; at < shares.length; at++) {
    const cell = Math.floor(at / classCount);
    const share = ((shares[at] ?? 0) + priorRows * (prior[at % classCount] ?? 0)) / (counts[cell] ?? 1);
    shares[at] = share;
    squares[cell] = (squares[cell] ?? 0) + share ** 2;
  }
  const priorSquares = prior.reduce((sum, share) => sum + share ** 2, 0);
  let [all, left] = [0, 0];
  for (const row of held) {
    const [cell, label] = [cells.of[row] ?? 0, labels[row] ?? 0];
    all += 1 - 2 * (prior[label] ?? 0) + priorSquares;
    left += 1 - 2 * (shares[cell * classCount + label] ?? 0) + (squares[cell] ?? 0);
  }
  return { all, left };
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
