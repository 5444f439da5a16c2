import type { RolloutSpec } from '../../spec/spec.ts';
import type { PairedDifference } from '../sequence-bounds.ts';
import type { PromotionAhead } from './promotion-ahead.ts';
import type { RecentTraffic } from './traffic-ahead.ts';

export interface PreflightInput {
  readonly traffic: RecentTraffic;
  readonly rollout: RolloutSpec;
  /** What champion and challenger showed on the test rows of the gate; null where they were not compared. */
  readonly compared: PairedDifference | null;
}

export interface StepAhead {
  readonly name: string;
  readonly rows: number;
  /** Null without traffic: it would never end. */
  readonly hours: number | null;
}

export interface HarmForecast {
  /** The challenger fails this many times as often as the champion. */
  readonly riskRatio: number;
  /** Rows of the rollout until it would be stopped with about 80 % probability, going on as long as it takes. */
  readonly rows: number | null;
  readonly hours: number | null;
}

export interface SpendForecast {
  /** The challenger fails this many times as often as the champion. */
  readonly riskRatio: number;
  /** Entities that are expected to fail beyond the champion's share until it is stopped, or by the deadline. */
  readonly excessFailures: number;
  readonly isStopped: boolean;
}

export interface Preflight {
  readonly steps: readonly StepAhead[];
  /** All steps, and with them the wait for paired labels at its longest. */
  readonly stepRows: number;
  readonly planRows: number;
  readonly planHours: number | null;
  /**
   * The least share of failing rows (without an answer, where the plan counts those) that stops a challenger by
   * the end of the steps, and by the deadline.
   */
  readonly harmBySteps: number | null;
  readonly harmByDeadline: number | null;
  readonly forecasts: readonly HarmForecast[];
  /** What harm is expected to cost; null where the plan sets no limit to it, empty where the champion did not fail. */
  readonly spend: readonly SpendForecast[] | null;
  /**
   * Rows that the champion still answers before a challenger is promoted that is as much better as on the test rows,
   * and what each of them costs in the metric of the promotion; null where it was not better, or nothing promotes it.
   */
  readonly waiting: { readonly rows: number; readonly costPerRow: number } | null;
  /** Null where a person promotes. */
  readonly promotion: PromotionAhead | null;
  readonly text: string;
  /** Why the plan could see nothing, and what would mend it; null where it can, and where nothing is known yet. */
  readonly refusal: string | null;
}

/** What is told of before it is said in words. */
export type Told = Omit<Preflight, 'text' | 'refusal'>;
