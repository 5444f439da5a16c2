import type { ScoredRows } from '../../src/domain/metrics/scored-rows.ts';
import type { SliceRows } from '../../src/domain/training/gate-check.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';

/** How a group is answered: how many rows, what share is positive, and what share of either is answered yes. */
export interface GroupDraw {
  readonly rows: number;
  readonly positives: number;
  readonly yesIfPositive: number;
  readonly yesIfNegative: number;
  /** By how much probabilities lie below what comes true. */
  readonly below?: number;
}

/** Rows of groups, one group after the other, with their numbers. */
export function groupedWorld(
  groups: readonly GroupDraw[],
  seed: string,
): { readonly candidate: ScoredRows; readonly slices: readonly SliceRows[] } {
  const random = createRandom(seed);
  const labels: number[] = [];
  const scores: number[] = [];
  const decisions: number[] = [];
  const slices = groups.map(({ rows, positives, yesIfPositive, yesIfNegative, below = 0 }, k): SliceRows => {
    const from = labels.length;
    for (let row = 0; row < rows; row++) {
      const label = random.next() < positives ? 1 : 0;
      const isYes = random.next() < (label === 1 ? yesIfPositive : yesIfNegative);
      const probability = positives - below;
      labels.push(label);
      decisions.push(isYes ? 1 : 0);
      scores.push(1 - probability, probability);
    }
    return { name: `g${k}`, under: 'group', rows: Array.from({ length: rows }, (_, row) => from + row) };
  });
  return { candidate: { task: 'binary', classes: ['no', 'yes'], labels, scores, threshold: null, decisions }, slices };
}
