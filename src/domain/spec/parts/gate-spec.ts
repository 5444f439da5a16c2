import type { MetricName } from '../../metrics/registry.ts';
import type { Baseline } from '../closed-sets.ts';

export type GateSpec =
  | { readonly gate: 'atLeast'; readonly metric: MetricName; readonly value: number }
  | { readonly gate: 'atMost'; readonly metric: MetricName; readonly value: number }
  /** One-sided paired non-inferiority against the champion on the same rows; margin in the metric's unit, >= 0. */
  | {
      readonly gate: 'noWorseThanChampion';
      readonly metric: MetricName;
      readonly margin: number;
      readonly alpha: number;
    }
  /** Point estimate better than a baseline's by at least `by`. */
  | {
      readonly gate: 'betterThanBaseline';
      readonly baseline: Baseline;
      readonly metric: MetricName;
      readonly by: number;
    };
