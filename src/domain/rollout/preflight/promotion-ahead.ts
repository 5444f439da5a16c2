import type { RolloutSpec } from '../../spec/spec.ts';
import { boundsOf } from '../judge-promotion.ts';
import { leastSpread, reachOn, type PairedSpread } from '../sequence-bounds.ts';
import { reachOf80Percent } from './harm-ahead.ts';
import type { RecentTraffic } from './traffic-ahead.ts';

/** More pairs than this decide nothing. */
const pairsMax = 20_000;

export interface PromotionAhead {
  /** Labelled rows on which a challenger that is as good would be promoted; null where none suffice. */
  readonly pairsNeeded: number | null;
  /** Labelled rows that will be there by the deadline; null where nobody knows when labels come. */
  readonly pairsAtDeadline: number | null;
  /** Rows of the rollout until a challenger that is as good would be promoted; null where that is not seen. */
  readonly rows: number | null;
  /** By the deadline: how much worse is proven to be, and how much better must be to be promoted (0: equal is). */
  readonly worseSeen: number | null;
  readonly betterNeeded: number | null;
}

export interface PromotionAheadInput {
  readonly plan: Pick<RolloutSpec, 'promotion' | 'alpha'>;
  /** Null where nothing is known of it. */
  readonly spread: PairedSpread | null;
  readonly labels: RecentTraffic['labels'];
  readonly stepRows: number;
  readonly planRows: number;
}

/**
 * When the comparison of a promotion will decide, with about 80 % probability, by the bounds that judge it. Rows are
 * taken for independent of each other: where entities come again and again, it takes longer.
 */
export function promotionAhead({ plan, spread, labels, stepRows, planRows }: PromotionAheadInput): PromotionAhead {
  const pairsNeeded = spread === null ? null : pairsFor(plan, spread);
  const known = labels !== null && labels.share > 0 ? labels : null;
  const pairsAtDeadline =
    known === null ? null : Math.min(pairsMax, Math.floor(known.share * Math.max(0, planRows - known.delayRows)));
  const rows =
    known === null || pairsNeeded === null
      ? null
      : Math.max(stepRows, Math.ceil(pairsNeeded / known.share) + known.delayRows);
  const isCompared = pairsAtDeadline !== null && pairsAtDeadline >= plan.promotion.labelledRowsMin;
  const decided = spread === null || !isCompared ? null : decidedOn(pairsAtDeadline, plan, spread);
  return {
    pairsNeeded,
    pairsAtDeadline,
    rows,
    worseSeen: decided?.worseSeen ?? null,
    betterNeeded: decided?.betterNeeded ?? null,
  };
}

/** What is decided on so many rows, each with 80 % probability; differences of the metric, at least 0. */
export function decidedOn(
  pairs: number,
  plan: PromotionAheadInput['plan'],
  spread: PairedSpread,
): { readonly worseSeen: number; readonly betterNeeded: number } {
  const { margin } = plan.promotion;
  const { alphaLower, alphaUpper, rowsTuned } = boundsOf(plan);
  const below = reachOn(pairs, spread, { alpha: alphaLower, rowsTuned });
  const above = reachOn(pairs, spread, { alpha: alphaUpper, rowsTuned });
  return {
    worseSeen: margin + above.reach + reachOf80Percent * above.standardError,
    betterNeeded: Math.max(0, below.reach + reachOf80Percent * below.standardError - margin),
  };
}

/** Labelled rows on which equal answers are proven to be within the margin; null where no number of them suffices. */
export function pairsForEqual(plan: PromotionAheadInput['plan']): number | null {
  const least = leastSpread(plan.promotion.metric);
  return least === null ? null : pairsFor(plan, least);
}

function pairsFor(plan: PromotionAheadInput['plan'], spread: PairedSpread): number | null {
  const isEnough = (pairs: number): boolean => decidedOn(pairs, plan, spread).betterNeeded === 0;
  let [low, high] = [plan.promotion.labelledRowsMin - 1, plan.promotion.labelledRowsMin];
  for (; !isEnough(high); high *= 2) {
    if (high >= pairsMax) return null;
    low = high;
  }
  while (high - low > 1) {
    const middle = Math.ceil((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high > pairsMax ? null : high;
}
