import { comparePaired } from '../training/compare-paired.ts';
import type { ComparisonMethod, PairedRows } from '../training/compare-paired.ts';
import { titleOf } from '../metrics/metrics.ts';
import { sayDifference } from '../training/judge-gate.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { RolloutSpec } from '../spec/spec.ts';

/** `undecided`: enough rows by the plan, but the bounds still lie on both sides of the margin. */
export type PromotionVerdict = 'better' | 'not-worse' | 'worse' | 'undecided' | 'insufficient';

export interface PromotionJudgement {
  readonly verdict: PromotionVerdict;
  /** Challenger minus champion, positive is better; null when it could not be compared. */
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly rows: number;
  readonly method: ComparisonMethod | 'none';
  /** The point estimate is within the margin: what `promote-within-margin` asks at the deadline. */
  readonly isWithinMargin: boolean;
  readonly text: string;
}

/** Paired non-inferiority of a challenger on matured labels of the rows that both have scored. */
export function judgePromotion(
  paired: PairedRows,
  promotion: RolloutSpec['promotion'],
  seed: number,
): PromotionJudgement {
  const { metric, margin, alpha, labelledRowsMin } = promotion;
  const rows = paired.labels.length;
  const name = `${titleOf(metric)} of the challenger against the champion`;
  if (rows < labelledRowsMin) {
    return nothing(
      rows,
      `${name}: ${sayCount(rows)} of ${sayMany(labelledRowsMin, 'labelled row')} are in; waiting for labels.`,
    );
  }
  const compared = comparePaired(paired, metric, alpha, seed);
  if (compared === null)
    return nothing(rows, `${name} does not exist on ${sayMany(rows, 'labelled row')}; waiting for labels.`);
  const { estimate, lower, upper, method } = compared;
  const verdict = lower > 0 ? 'better' : lower >= -margin ? 'not-worse' : upper < -margin ? 'worse' : 'undecided';
  const outcome = {
    better: 'it is better',
    'not-worse': 'it is not worse',
    worse: 'it is worse',
    undecided: 'not decided yet',
  }[verdict];
  const text =
    `${name} is ${sayDifference(estimate)} on ${sayMany(rows, 'labelled row')} ` +
    `(with ${sayShare(1 - alpha)} confidence each: at worst ${sayDifference(lower)}, ` +
    `at best ${sayDifference(upper)}); ${sayNumber(margin)} worse is tolerated: ${outcome}.`;
  return { verdict, estimate, lower, upper, rows, method, isWithinMargin: estimate >= -margin, text };
}

function nothing(rows: number, text: string): PromotionJudgement {
  return {
    verdict: 'insufficient',
    estimate: null,
    lower: null,
    upper: null,
    rows,
    method: 'none',
    isWithinMargin: false,
    text,
  };
}
