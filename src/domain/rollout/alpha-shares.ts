import type { RolloutSpec } from '../spec/spec.ts';
import type { StopRule } from './routing.ts';

/**
 * `alpha` of a plan is the probability that a healthy challenger is ever stopped by any automatic rule. Each rule has a
 * share of it, and by the union bound they keep it together: evidence that it fails more often, the breaker, entities
 * that do not come in the shares that the weights say, and quality (once before the promotion, once by the guard after
 * it). A declared limit of excess failures takes its share, `excess`, from that of the evidence.
 */
export const alphaShares = { evidence: 0.55, breaker: 0.2, assignment: 0.05, quality: 0.1, excess: 0.1 } as const;

export type StopPlan = Pick<RolloutSpec, 'alpha' | 'failures' | 'excessFailuresMax'>;

/** Where an e-value stops a challenger: its reciprocal is the rule's share of `alpha`. */
export function boundaryOf(plan: StopPlan, rule: StopRule): number {
  return 1 / (plan.alpha * shareOf(plan, rule));
}

/**
 * Evidence of failures that are seen at once and of those that wait for mature labels are two processes: what one knows
 * at a row, the other does not. A plan that counts both halves the share between them.
 */
function shareOf({ failures, excessFailuresMax }: StopPlan, rule: StopRule): number {
  const processes = failures.includes('wrong') && failures.length > 1 ? 2 : 1;
  if (rule === 'evidence')
    return (alphaShares.evidence - (excessFailuresMax === undefined ? 0 : alphaShares.excess)) / processes;
  return rule === 'excess' ? alphaShares.excess / processes : alphaShares[rule];
}
