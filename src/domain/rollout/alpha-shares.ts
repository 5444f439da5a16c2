/**
 * `alpha` of a plan is the probability that a healthy challenger is ever stopped by any automatic rule. Each rule has a
 * share of it, and by the union bound they keep it together: evidence that it fails more often, the breaker, entities
 * that do not come in the shares that the weights say, and quality (once before the promotion, once by the guard after
 * it).
 */
export const alphaShares = { evidence: 0.55, breaker: 0.2, assignment: 0.05, quality: 0.1 } as const;

/** Where an e-value stops a challenger: its reciprocal is the rule's share of `alpha`. */
export function boundaryOf(alpha: number, rule: 'evidence' | 'breaker' | 'assignment'): number {
  return 1 / (alpha * alphaShares[rule]);
}
