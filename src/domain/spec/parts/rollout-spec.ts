import type { MetricName } from '../../metrics/registry.ts';
import type { Extent } from '../../words/extent.ts';
import type { DeadlineAction, FailureKind, GuardAction, HoldEnd, Weekday } from '../closed-sets.ts';

export interface RolloutSpec {
  readonly shadow: Extent;
  /** Steps in order. May be empty. */
  readonly canary: readonly CanaryStep[];
  /** How often evidence is looked at; in rows the evidence is cut exactly there. */
  readonly lookEvery: Extent;
  /** How often the workflow asks whether a look is due, and renews the challenger's lease. */
  readonly pollMs: number;
  /**
   * Probability that a healthy challenger is ever stopped by any automatic rule, 0 < alpha < 1; the rules share it
   * (`alphaShares`).
   */
  readonly alpha: number;
  /** Risk ratio of failures that is still acceptable (theta0 >= 1). */
  readonly riskRatioMax: number;
  readonly failures: readonly FailureKind[];
  readonly slowMs: number;
  /** Stops a challenger that is proven to fail on more than this share of its answers, from `rowsMin` rows on. */
  readonly breaker: { readonly errorShareMax: number; readonly rowsMin: number };
  readonly promotion: {
    readonly metric: MetricName;
    /** Non-inferiority margin in the metric's unit, >= 0. */
    readonly margin: number;
    /** About the probability of ever promoting a challenger that is worse by more than the margin, 0 < alpha < 0.5. */
    readonly alpha: number;
    readonly labelledRowsMin: number;
  };
  /** After the last step, how long to wait for enough paired labels. */
  readonly deadline: Extent;
  /** Of what is not proven by then: a person decides, or the challenger is taken out. */
  readonly atDeadline: DeadlineAction;
  /** Deadline of a hold for a person; what happens at it says `approval`, by default the challenger is taken out. */
  readonly holdMsMax: number;
  /** Largest share that may be reached without a person (0..100). Below 100 the last move waits for approval. */
  readonly automaticPercentMax: number;
  readonly ackTimeoutMs: number;
  readonly leaseMs: number;
  /**
   * After promotion: labelled rows to compare with the predecessor on, and what to do when proven worse. Default 500,
   * propose.
   */
  readonly guard?: { readonly labelledRows: number; readonly action: GuardAction };
  /** What it takes to approve. Default: one person, whoever it is, and an unanswered hold is taken out. */
  readonly approval?: ApprovalSpec;
  /**
   * Entities that may fail with the challenger beyond those that would have failed with the champion, >= 1: it is
   * stopped when more are proven. Default: no limit beside the rules above.
   */
  readonly excessFailuresMax?: number;
  /** When nothing automatic moves forward. Default: never. */
  readonly freezeWindows?: readonly FreezeWindow[];
}

export interface CanaryStep {
  /** Of entities that the challenger answers, 0 < percent <= 100. */
  readonly percent: number;
  readonly extent: Extent;
  /** Of a step in time: it lasts until so many rows have come as well. Default: none are asked for. */
  readonly rowsMin?: number;
  /** Whether it waits for a person before it begins, by what `rollout.approval` asks for. Default: no. */
  readonly approval?: boolean;
}

/** A stretch of every week in which no step begins and nothing is promoted; harm is taken out all the same. */
export interface FreezeWindow {
  /** On which it begins. */
  readonly days: readonly Weekday[];
  /** `18:00`, on the clock of the time zone; a `to` that is not later lies on the next day. */
  readonly from: string;
  readonly to: string;
  /** `Europe/Berlin`. */
  readonly timeZone: string;
}

export interface ApprovalSpec {
  /** How many different people must approve, 1..10. */
  readonly people: number;
  /** Whether one of them must be somebody who neither asked for the training nor declared the definition. */
  readonly fourEyes: boolean;
  /** At `holdMsMax`: the challenger is taken out, or stays held and an alert asks again. */
  readonly atDeadline: HoldEnd;
  /** Names of the tokens that may approve, 1..20. Default: every token that may operate the model. */
  readonly by?: readonly string[];
}
