import type { ContractSpec } from './parts/contract-spec.ts';
import type { FallbackSpec } from './parts/fallback-spec.ts';
import type { DerivedSpec, FeatureSpec } from './parts/feature-spec.ts';
import type { GateSpec } from './parts/gate-spec.ts';
import type { RepairSpec } from './parts/repair-spec.ts';
import type { RetentionSpec } from './parts/retention-spec.ts';
import type { RetrainSpec } from './parts/retrain-spec.ts';
import type { RolloutSpec } from './parts/rollout-spec.ts';
import type { LeakageSpec } from './parts/leakage-spec.ts';
import type { OutlierSpec } from './parts/outlier-spec.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { FairnessSpec } from './fairness/fairness-spec.ts';
import type { SliceSpec } from './parts/slice-spec.ts';
import type { SourceSpec } from './source-spec.ts';
import type { TargetSpec } from './parts/target-spec.ts';
import type { TimeReading } from './parts/time-reading.ts';
import type { TrainerSpec } from './trainer-spec.ts';
import type { UserStepsSpec } from './user-steps/user-step-spec.ts';
import type { ValueSpec } from './parts/value-spec.ts';
import type { WatchSpec } from './parts/watch-spec.ts';

// Each part of a declaration has a file of its own; this one is the door to all of them.
export type * from './parts/contract-spec.ts';
export type * from './parts/fallback-spec.ts';
export type * from './parts/feature-spec.ts';
export type * from './parts/gate-spec.ts';
export type * from './parts/repair-spec.ts';
export type * from './parts/leakage-spec.ts';
export type * from './parts/outlier-spec.ts';
export type * from './parts/retention-spec.ts';
export type * from './parts/retrain-spec.ts';
export type * from './parts/rollout-spec.ts';
export type * from './parts/slice-spec.ts';
export type * from './parts/target-spec.ts';
export type * from './parts/time-reading.ts';
export type * from './user-steps/user-step-spec.ts';
export type * from './parts/value-spec.ts';
export type * from './parts/view-pin.ts';
export type * from './parts/watch-spec.ts';

/**
 * The declaration of a model as plain JSON: what `defineModel` returns, what is hashed into a spec revision, and what a
 * running workflow keeps for as long as it lives. Array order is meaningful: `features` is the signature order.
 */
export interface ModelSpec {
  /** Older forms are read by `upgrade-spec.ts`. */
  readonly formatVersion: 3;
  /** `fraud` or `payments.fraud`: lower case, digits, `-`, `_`; at most one dot between team and model. */
  readonly name: string;
  readonly about: About;
  /** Column whose value is the sticky key of a rollout (a cardholder); rows without one are assigned by request id. */
  readonly entity: { readonly column: string } | null;
  /** Column that orders rows in time, and how files write it; null orders them as they arrive. */
  readonly eventTime: ({ readonly column: string } & TimeReading) | null;
  /** The inputs: what a row carries. Each is a feature as well, unless it says `use: 'derived'`. */
  readonly features: readonly FeatureSpec[];
  /** Features that are computed from the inputs; absent for none. */
  readonly derived?: readonly DerivedSpec[];
  readonly target: TargetSpec;
  /** What is done to rows before the contract judges them, in this order; absent for nothing. */
  readonly repairs?: readonly RepairSpec[];
  readonly contract: ContractSpec;
  readonly source: SourceSpec;
  readonly trainer: TrainerSpec;
  readonly split: SplitSpec;
  readonly gates: readonly GateSpec[];
  /**
   * Parts of the rows, declared before anybody has looked: a column (a category or boolean feature) for each of its
   * values, or a named part. Their metrics are reported separately, and gates may name them.
   */
  readonly slices: readonly (string | SliceSpec)[];
  /** Groups of people between whom versions are compared; absent for none. */
  readonly fairness?: FairnessSpec;
  /** What each outcome of a binary decision is worth; null decides at probability 0.5. */
  readonly value: ValueSpec | null;
  readonly rollout: RolloutSpec;
  readonly watch: WatchSpec;
  readonly retrain: RetrainSpec;
  readonly retention: RetentionSpec;
  /** What is answered while no version can; null or absent refuses instead. */
  readonly fallback?: FallbackSpec | null;
  /** What may look as if it knew the target; absent, nothing may. */
  readonly leakage?: LeakageSpec;
  /** What is done about numbers beyond limits that a training learns; absent, nothing is. */
  readonly outliers?: readonly OutlierSpec[];
  /** Activities of the model's owner that are asked at declared points; absent for none. */
  readonly steps?: UserStepsSpec;
}

export interface About {
  readonly owner: string;
  readonly useCase: string;
  /** In words, or as a metric with a bound, which each window is held against. */
  readonly successCriterion: string | SuccessCriterion;
  readonly replaces?: string;
}

/** Judged on the latest mature answers: as many as `watch.window` has, or `windowRows`, at most 5,000. */
export type SuccessCriterion =
  | { readonly metric: MetricName; readonly atLeast: number; readonly windowRows?: number }
  | { readonly metric: MetricName; readonly atMost: number; readonly windowRows?: number };

/** Shares of the time-ordered rows; the most recent rows are the test. */
export interface SplitSpec {
  readonly validationShare: number;
  readonly testShare: number;
  /** Upper bounds in rows, so that a long history does not make the test a thing of the past. */
  readonly validationRowsMax: number;
  readonly testRowsMax: number;
  /** Deals whole groups to the parts instead of cutting by time; absent cuts by time. */
  readonly group?: GroupSplit;
  /** Judges every row by a model fitted on the other blocks of time; absent judges the youngest rows alone. */
  readonly blocks?: BlockSplit;
}

/** The youngest `testRowsMax` rows are cut into so many blocks in the order of time. */
export interface BlockSplit {
  /** 3 to 10. */
  readonly folds: number;
}

/** No value of the column stands in two parts. The seed and the value alone say in which one. */
export interface GroupSplit {
  readonly column: string;
  readonly seed: number;
}
