/**
 * What is done about numbers that lie beyond limits which each training learns from its own training rows. `clip` takes
 * the limit instead, `missing` no value: both happen inside the model file, so that a request meets the same. `drop`
 * leaves such rows out of what is learnt; they are answered and judged as they are.
 */
export interface OutlierSpec {
  readonly action: OutlierAction;
  /** Shares of the values of training rows at which the limits lie: 0 <= low <= 0.5 <= high <= 1, and low < high. */
  readonly quantiles: readonly [number, number];
  /** Number features, derived ones too; absent, all that no other entry names. */
  readonly features?: readonly string[];
}

export const outlierActions = ['clip', 'missing', 'drop'] as const;
export type OutlierAction = (typeof outlierActions)[number];

/** What a training has learnt of one feature; both limits are float32 and inclusive. */
export interface OutlierLimits {
  readonly feature: string;
  readonly action: OutlierAction;
  readonly low: number;
  readonly high: number;
  /** Training rows that lie beyond each. */
  readonly below: number;
  readonly above: number;
}
