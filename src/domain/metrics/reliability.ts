import { ascendingOrder } from '../../statistics/samples/ranking.ts';
import { taskOf } from '../tasks/task-of.ts';
import { positiveScores, type ScoredRows } from './scored-rows.ts';

/** Rows of about equal probability: what was said against what came true. */
export interface ReliabilityBin {
  readonly rows: number;
  /** Mean predicted probability of the positive class, 0..1. */
  readonly said: number;
  /** Share that was positive, 0..1. */
  readonly came: number;
}

const binsMax = 10;

/** Reliability of a binary model in at most ten bins of equal size, ascending; null for other tasks and for no rows. */
export function reliabilityOf(rows: ScoredRows): readonly ReliabilityBin[] | null {
  const count = rows.labels.length;
  if (!taskOf(rows.task).hasPositive || count === 0) return null;
  const scores = positiveScores(rows.scores);
  const order = ascendingOrder(scores);
  const bins: ReliabilityBin[] = [];
  for (let bin = 0; bin < binsMax; bin++) {
    const members = order.subarray(Math.floor((bin * count) / binsMax), Math.floor(((bin + 1) * count) / binsMax));
    if (members.length === 0) continue;
    let said = 0;
    let came = 0;
    for (const row of members) {
      said += scores[row] ?? 0;
      came += rows.labels[row] === 1 ? 1 : 0;
    }
    bins.push({ rows: members.length, said: said / members.length, came: came / members.length });
  }
  return bins;
}
