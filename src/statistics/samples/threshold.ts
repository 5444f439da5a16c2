import { ascendingOrder, endOfTies } from './ranking.ts';

export interface ThresholdChoice {
  /**
   * Say yes when score >= threshold. Lies midway between two observed scores, so rounding to float32 cannot flip a row.
   */
  readonly threshold: number;
  /** What the choice achieves on these rows: mean gain per row, or F1. */
  readonly achieved: number;
}

/**
 * The threshold with the largest mean gain. `gainYes[i]` and `gainNo[i]` are what row i brings when the answer is yes
 * or no. One sweep over sorted scores, O(n log n); of equal optima the highest threshold (fewest yes). Exact (golden
 * vectors). Exact (golden vectors).
 */
export function valueOptimalThreshold(
  scores: ArrayLike<number>,
  gainYes: ArrayLike<number>,
  gainNo: ArrayLike<number>,
): ThresholdChoice {
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += gainNo[i] ?? 0;
  const start = total;
  const best = sweep(scores, start, (row) => {
    total += (gainYes[row] ?? 0) - (gainNo[row] ?? 0);
    return total;
  });
  return { threshold: best.threshold, achieved: scores.length === 0 ? 0 : best.achieved / scores.length };
}

/**
 * Turns rows to yes from the highest score down, and asks for the merit whenever a group of equal scores is complete.
 */
function sweep(scores: ArrayLike<number>, meritOfNone: number, turnToYes: (row: number) => number): ThresholdChoice {
  const order = descending(scores);
  const top = scores[order[0] ?? 0] ?? 0;
  let achieved = meritOfNone;
  let threshold = top < 1 ? (top + 1) / 2 : top + 1;
  for (let start = 0; start < order.length;) {
    const end = endOfTies(scores, order, start);
    let merit = achieved;
    for (let i = start; i < end; i++) merit = turnToYes(order[i] ?? 0);
    // Sums that differ by rounding alone are equal: a later optimum must be better by more than that.
    if (merit > achieved + 1e-12 * Math.abs(achieved)) {
      achieved = merit;
      const here = scores[order[start] ?? 0] ?? 0;
      const below = end < order.length ? (scores[order[end] ?? 0] ?? 0) : Math.min(0, here);
      threshold = below + (here - below) / 2;
    }
    start = end;
  }
  return { threshold, achieved };
}

function descending(scores: ArrayLike<number>): Uint32Array {
  return ascendingOrder(scores).reverse();
}
