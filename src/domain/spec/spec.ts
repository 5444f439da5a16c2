import type { MetricName } from '../metrics/registry.ts';
import type { Extent } from '../words/extent.ts';
import type {
  Baseline,
  BatchRuleSeverity,
  ComparisonSign,
  DeadlineAction,
  FailureKind,
  GuardAction,
  MissingPolicy,
  RuleSeverity,
} from './closed-sets.ts';
import type { SourceSpec } from './source-spec.ts';
import type { TrainerSpec } from './trainer-spec.ts';

/**
 * The declaration of a model as plain JSON: what `defineModel` returns, what is hashed into a spec revision, and what a
 * running workflow keeps for as long as it lives. Array order is meaningful: `features` is the signature order.
 */
export interface ModelSpec {
  /** Older forms are read by `upgrade-spec.ts`. */
  readonly formatVersion: 2;
  /** `fraud` or `payments.fraud`: lower case, digits, `-`, `_`; at most one dot between team and model. */
  readonly name: string;
  readonly about: About;
  /** Column whose value is the sticky key of a rollout (a cardholder); rows without one are assigned by request id. */
  readonly entity: { readonly column: string } | null;
  /** Column that orders rows in time; null orders them as they arrive. */
  readonly eventTime: { readonly column: string } | null;
  readonly features: readonly FeatureSpec[];
  readonly target: TargetSpec;
  readonly contract: ContractSpec;
  readonly source: SourceSpec;
  readonly trainer: TrainerSpec;
  readonly split: SplitSpec;
  readonly gates: readonly GateSpec[];
  /** Columns (category or boolean features) by whose values the gate reports metrics separately. */
  readonly slices: readonly string[];
  /** What each outcome of a binary decision is worth; null decides at probability 0.5. */
  readonly value: ValueSpec | null;
  readonly rollout: RolloutSpec;
  readonly watch: WatchSpec;
  readonly retrain: RetrainSpec;
  /** What is answered while no version can; null or absent refuses instead. */
  readonly fallback?: FallbackSpec | null;
}

export interface About {
  readonly owner: string;
  readonly useCase: string;
  readonly successCriterion: string;
  readonly replaces?: string;
}

export type FeatureSpec = NumberFeature | CategoryFeature | BooleanFeature | TimeFeature;
export type FeatureKind = FeatureSpec['kind'];
export type FeatureOf<Kind extends FeatureKind> = Extract<FeatureSpec, { readonly kind: Kind }>;

interface FeatureBase {
  readonly name: string;
  readonly missing: MissingPolicy;
  readonly about?: string;
}
export interface NumberFeature extends FeatureBase {
  readonly kind: 'number';
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}
export interface CategoryFeature extends FeatureBase {
  readonly kind: 'category';
  /** The closed set of values; absent means any text is accepted and unseen values go to the missing branch. */
  readonly values?: readonly string[];
}
export interface BooleanFeature extends FeatureBase {
  readonly kind: 'boolean';
}
/**
 * An instant (ISO 8601 text or epoch milliseconds on the wire); the graph derives hour of day and day of week in UTC.
 */
export interface TimeFeature extends FeatureBase {
  readonly kind: 'time';
}

export type TargetSpec = BinaryTarget | MulticlassTarget | RegressionTarget;
export type TaskName = TargetSpec['task'];
export type TargetOf<Name extends TaskName> = Extract<TargetSpec, { readonly task: Name }>;

interface TargetBase {
  readonly column: string;
  /**
   * How late a label typically arrives; the splits leave a gap of this size so that no label is used before it was
   * known.
   */
  readonly labelDelay: Extent;
}
/** Labels travel as text in the words of the business: `positive` and `negative` are those words. */
export interface BinaryTarget extends TargetBase {
  readonly task: 'binary';
  readonly positive: string;
  readonly negative: string;
}
export interface MulticlassTarget extends TargetBase {
  readonly task: 'multiclass';
  readonly classes: readonly string[];
}
export interface RegressionTarget extends TargetBase {
  readonly task: 'regression';
}

/** Rules beyond those that the features imply (type, missing, range, enum). `reject` refuses the whole batch. */
export type ContractRule =
  | {
      readonly rule: 'unique';
      readonly id: string;
      readonly columns: readonly string[];
      readonly severity: RuleSeverity;
    }
  | {
      readonly rule: 'compare';
      readonly id: string;
      readonly left: string;
      readonly op: ComparisonSign;
      /** Another column's name, or a constant. */
      readonly right: { readonly column: string } | { readonly value: number | string | boolean };
      readonly severity: RuleSeverity;
    }
  | {
      readonly rule: 'rowCount';
      readonly id: string;
      readonly min: number;
      readonly max?: number;
      readonly severity: BatchRuleSeverity;
    }
  | {
      readonly rule: 'missingShare';
      readonly id: string;
      readonly column: string;
      readonly shareMax: number;
      readonly severity: BatchRuleSeverity;
    }
  | {
      readonly rule: 'freshness';
      readonly id: string;
      readonly column: string;
      readonly ageMsMax: number;
      readonly severity: BatchRuleSeverity;
    };

export interface ContractSpec {
  readonly rules: readonly ContractRule[];
  /** Share of rows (0..1) that may be quarantined before the whole batch is rejected. */
  readonly quarantineShareMax: number;
}

/** Shares of the time-ordered rows; the most recent rows are the test. */
export interface SplitSpec {
  readonly validationShare: number;
  readonly testShare: number;
  /** Upper bounds in rows, so that a long history does not make the test a thing of the past. */
  readonly validationRowsMax: number;
  readonly testRowsMax: number;
}

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

/** Money per decision: `fixed` plus `factor` times the value of a number column of the row (an amount). */
export interface Money {
  readonly fixed: number;
  readonly per?: { readonly column: string; readonly factor: number };
}
export interface ValueSpec {
  readonly currency: string;
  readonly truePositive: Money;
  readonly falsePositive: Money;
  readonly trueNegative: Money;
  readonly falseNegative: Money;
}

export interface RolloutSpec {
  readonly shadow: Extent;
  /** Steps in order; percent of entities that the challenger answers, 0 < percent <= 100. May be empty. */
  readonly canary: readonly { readonly percent: number; readonly extent: Extent }[];
  /** How often evidence is looked at; in rows the evidence is cut exactly there. */
  readonly lookEvery: Extent;
  /** How often the workflow asks whether a look is due, and renews the challenger's lease. */
  readonly pollMs: number;
  /** Probability of ever stopping a healthy challenger, 0 < alpha < 1. */
  readonly alpha: number;
  /** Risk ratio of failures that is still acceptable (theta0 >= 1). */
  readonly riskRatioMax: number;
  readonly failures: readonly FailureKind[];
  readonly slowMs: number;
  /** SLO breaker outside the statistics: absolute share of failed answers over at least `rowsMin` rows. */
  readonly breaker: { readonly errorShareMax: number; readonly rowsMin: number };
  readonly promotion: {
    readonly metric: MetricName;
    /** Non-inferiority margin in the metric's unit, >= 0. */
    readonly margin: number;
    readonly alpha: number;
    readonly labelledRowsMin: number;
  };
  /** After the last step, how long to wait for enough paired labels. */
  readonly deadline: Extent;
  readonly atDeadline: DeadlineAction;
  /** A hold for a person rolls back after this. */
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
}

/** Recalibration of the answers on matured labels between trainings; re-fitted when a window closes. */
export interface CorrectionSpec {
  /** A label that is this many labelled rows older counts half. */
  readonly halfLifeRows: number;
  /** Most recent labelled rows that are used. */
  readonly rowsMax: number;
  /** Fewer labelled rows than this leave the answers as the model gave them. */
  readonly labelledRowsMin: number;
}

export interface WatchSpec {
  readonly window: Extent;
  /** Absent or null: answers are never corrected (a person approves every change). */
  readonly correction?: CorrectionSpec | null;
  /** Benjamini-Hochberg level over the features of one window (expected share of false alarm windows). */
  readonly falseAlarmRate: number;
  /** Effect a feature must also show: Jensen-Shannon distance above its sampling floor (0..1). */
  readonly effectMin: number;
  /** Plain threshold beside the statistics: alarm when missing share rises by more than this (0..1). */
  readonly missingShareRiseMax: number;
  /**
   * Quality alarm on matured labels: one-sided level for "worse than when promoted" and the least relative rise in
   * loss.
   */
  readonly decay: {
    readonly alpha: number;
    readonly relativeRiseMin: number;
    readonly labelledRowsMin: number;
    /**
     * Labelled rows, from the hold-out on, that stand for "when promoted". Absent, all before the recent ones do: more
     * rows, but a decay that lasts becomes its own yardstick.
     */
    readonly referenceRows?: number;
  };
  readonly webhooks: readonly string[];
}

/** Triggers are off when null or false. The decision is one pure function over all of them. */
export interface RetrainSpec {
  readonly schedule: Extent | null;
  readonly newLabelledRows: number | null;
  /** Retrain when the labelled rows have grown by this factor since the last training (> 1). */
  readonly growthFactor: number | null;
  readonly onDrift: boolean;
  readonly onDecay: boolean;
  readonly onSpecChange: boolean;
  readonly staleAfter: Extent | null;
  readonly cooldown: Extent;
  readonly budget: { readonly runs: number; readonly per: Extent };
  readonly labelledRowsMin: number;
}

/**
 * A class in the words of the business; for a binary target also the probability of the positive class; for regression
 * the value.
 */
export type FallbackAnswer = string | number;

/** The first rule that holds answers. A rule about a missing value does not hold. */
export interface FallbackSpec {
  readonly rules: readonly FallbackRule[];
  readonly otherwise: FallbackAnswer;
}

export interface FallbackRule {
  readonly when: {
    readonly feature: string;
    readonly op: ComparisonSign;
    readonly value: number | string | boolean;
  };
  readonly answer: FallbackAnswer;
}
