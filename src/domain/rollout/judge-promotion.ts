import type { PairedRows } from '../training/compare-paired.ts';
import { titleOf } from '../metrics/metrics.ts';
import { sayDifference } from '../training/say-check.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { alphaShares } from './alpha-shares.ts';
import { sequenceBounds, type SequenceOptions } from './sequence-bounds.ts';

/** `undecided`: enough rows by the plan, but the bounds still lie on both sides of the margin. */
export type PromotionVerdict = 'better' | 'not-worse' | 'worse' | 'undecided' | 'insufficient';

export interface PromotionJudgement {
  readonly verdict: PromotionVerdict;
  /** Challenger minus champion, positive is better; null when it could not be compared. */
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly rows: number;
  /** Entities, or rows where there are none; and how many rows in a row say the same. */
  readonly units: number;
  readonly blockRows: number;
  readonly method: 'confidence-sequence' | 'none';
  readonly text: string;
}

export type PromotionPlan = Pick<RolloutSpec, 'promotion' | 'alpha'>;

/** The bounds are tightest at this many times the least number of rows. */
const tunedTimes = 4;

/**
 * Paired non-inferiority of a challenger on labelled rows that both have scored. It may be asked at every
 * look: a challenger that is worse by more than the margin is ever called better or not worse with probability at most
 * about `promotion.alpha`, and one that is not is ever called worse with its share of `alpha`. A point estimate decides
 * nothing. The rows must be mature (`matureThrough`): where positives are known sooner than negatives, neither error
 * holds on whatever is labelled. What the bounds assume besides is said by `sequenceBounds`.
 */
export function judgePromotion(paired: PairedRows, { promotion, alpha }: PromotionPlan): PromotionJudgement {
  const { metric, margin, labelledRowsMin } = promotion;
  const rows = paired.labels.length;
  const name = `${titleOf(metric)} of the challenger against the champion`;
  if (rows < labelledRowsMin) {
    return nothing(
      rows,
      `${name}: ${sayCount(rows)} of ${sayMany(labelledRowsMin, 'labelled row')} are in; waiting for labels.`,
    );
  }
  const bounds = sequenceBounds(paired, metric, boundsOf({ promotion, alpha }));
  if (bounds === null)
    return nothing(rows, `${name} does not exist on ${sayMany(rows, 'labelled row')}; waiting for labels.`);
  const { estimate, lower, upper, units, blockRows } = bounds;
  const verdict = lower > 0 ? 'better' : lower >= -margin ? 'not-worse' : upper < -margin ? 'worse' : 'undecided';
  const outcome = {
    better: 'it is better',
    'not-worse': 'it is not worse',
    worse: 'it is worse',
    undecided: 'not decided yet',
  }[verdict];
  const who = paired.entities === undefined ? '' : ` of ${sayMany(units, 'entity', 'entities')}`;
  const text =
    `${name} is ${sayDifference(estimate)} on ${sayMany(rows, 'labelled row')}${who} (over all looks, at worst ` +
    `${sayDifference(lower)} but for an error of ${sayShare(promotion.alpha)}, at best ${sayDifference(upper)} but ` +
    `for ${sayShare(alpha * alphaShares.quality)}); ${sayNumber(margin)} worse is tolerated: ${outcome}.`;
  return { verdict, estimate, lower, upper, rows, units, blockRows, method: 'confidence-sequence', text };
}

/** The bounds that a plan asks for. */
export function boundsOf({ promotion, alpha }: PromotionPlan): SequenceOptions {
  return {
    alphaLower: promotion.alpha,
    alphaUpper: alpha * alphaShares.quality,
    rowsTuned: tunedTimes * promotion.labelledRowsMin,
  };
}

function nothing(rows: number, text: string): PromotionJudgement {
  return {
    verdict: 'insufficient',
    estimate: null,
    lower: null,
    upper: null,
    rows,
    units: 0,
    blockRows: 1,
    method: 'none',
    text,
  };
}
