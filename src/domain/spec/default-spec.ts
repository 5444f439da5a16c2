import { isRows, type Extent } from '../words/extent.ts';
import { taskOf } from '../tasks/task-of.ts';
import { usualMetricsFor } from '../metrics/usual-metrics.ts';
import { defaultRetention } from './default-retention.ts';
import { usualLeakage } from './parts/leakage-spec.ts';
import type { SourceSpec } from './source-spec.ts';
import { completeUserSteps } from './user-steps/complete-user-steps.ts';
import type { UserStepsInput } from './user-steps/user-step-spec.ts';
import type { ApprovalSpec } from './parts/rollout-spec.ts';
import type { EstimateAlarmSpec, LabelDriftSpec } from './parts/watch-spec.ts';
import type {
  About,
  ContractSpec,
  DerivedSpec,
  FallbackSpec,
  FeatureSpec,
  GateSpec,
  LeakageSpec,
  ModelSpec,
  RepairSpec,
  RetentionSpec,
  RetrainSpec,
  RolloutSpec,
  SplitSpec,
  TargetSpec,
  TaskName,
  ValueSpec,
  WatchSpec,
} from './spec.ts';
import {
  completeTrainer,
  objectiveIn,
  withoutRefit,
  withWholeHistory,
  type RegressionObjective,
  type TrainerInput,
} from './trainer-spec.ts';

/** A model as a person writes it: five required parts, everything else has a default in this file. */
export interface ModelSpecInput {
  readonly name: string;
  readonly about: About;
  readonly features: readonly FeatureSpec[];
  readonly derived?: readonly DerivedSpec[];
  readonly target: TargetSpec;
  readonly source: SourceSpec;
  readonly entity?: ModelSpec['entity'];
  readonly eventTime?: ModelSpec['eventTime'];
  readonly repairs?: readonly RepairSpec[];
  readonly contract?: Partial<ContractSpec>;
  readonly trainer?: TrainerInput;
  readonly split?: Partial<SplitSpec>;
  readonly gates?: readonly GateSpec[];
  readonly slices?: ModelSpec['slices'];
  readonly fairness?: ModelSpec['fairness'];
  readonly value?: ValueSpec | null;
  readonly rollout?: RolloutInput;
  readonly watch?: WatchInput;
  readonly retrain?: Partial<RetrainSpec>;
  readonly retention?: Partial<RetentionSpec>;
  readonly fallback?: FallbackSpec | null;
  readonly leakage?: Partial<LeakageSpec>;
  readonly outliers?: ModelSpec['outliers'];
  readonly steps?: UserStepsInput;
}

export type RolloutInput = Partial<Omit<RolloutSpec, 'breaker' | 'promotion' | 'approval'>> & {
  readonly approval?: Partial<ApprovalSpec>;
  readonly breaker?: Partial<RolloutSpec['breaker']>;
  readonly promotion?: Partial<RolloutSpec['promotion']>;
};
export type WatchInput = Partial<Omit<WatchSpec, 'decay'>> & { readonly decay?: Partial<WatchSpec['decay']> };

/** The window that every other extent follows from when a definition does not say otherwise. */
export const defaultWindow: Extent = { rows: 500 };

/** How late a label is taken to be when nobody knows better. */
export const defaultLabelDelay: Extent = { rows: 500 };

/** One row in ten may be bad before the whole batch is refused: more than that is a broken source, not bad rows. */
export const defaultContract: ContractSpec = { rules: [], quarantineShareMax: 0.1 };

export const defaultSplit: SplitSpec = {
  validationShare: 0.15,
  testShare: 0.15,
  validationRowsMax: 5_000,
  testRowsMax: 5_000,
};

/** As many rows are judged by blocks when nothing is said: all of them, unless the history is long. */
export const defaultBlockRowsMax = 50_000;

/** Of what a definition leaves out of its `approval`; one without any takes these too, and keeps its digest. */
export const defaultApproval: ApprovalSpec = { people: 1, fourEyes: false, atDeadline: 'take-out' };

/** Better than knowing nothing, and no worse than the champion. */
export function defaultGates(task: TaskName, objective?: RegressionObjective): readonly GateSpec[] {
  const { loss, againstPrior } = usualMetricsFor(task, objective);
  return [
    { gate: 'betterThanBaseline', baseline: 'prior', metric: againstPrior, by: 0 },
    { gate: 'noWorseThanChampion', metric: loss, margin: taskOf(task).loss.margin, alpha: 0.05 },
  ];
}

/** One window of shadow, one at 20 %, then everything; evidence is looked at once per window. */
export function defaultRollout(
  task: TaskName,
  window: Extent = defaultWindow,
  labelDelay: Extent = defaultLabelDelay,
  objective?: RegressionObjective,
): RolloutSpec {
  return {
    shadow: window,
    canary: [{ percent: 20, extent: window }],
    lookEvery: window,
    pollMs: 1_000,
    alpha: 0.05,
    riskRatioMax: 1.25,
    failures: ['error', 'slow'],
    slowMs: 250,
    breaker: { errorShareMax: 0.05, rowsMin: 100 },
    promotion: {
      metric: usualMetricsFor(task, objective).loss,
      margin: taskOf(task).loss.margin,
      alpha: 0.05,
      labelledRowsMin: halfRows(window),
    },
    // Labels of the first shadow rows must have had time to come.
    deadline: plus(times(window, 3), labelDelay),
    atDeadline: 'promote-within-margin',
    holdMsMax: 7 * 86_400_000,
    automaticPercentMax: 100,
    ackTimeoutMs: 30_000,
    leaseMs: 15_000,
  };
}

/**
 * At most one window in a hundred alarms for nothing, on average over streams, where the reference is long enough to
 * show its memory (bench:judgement), and a feature must also have moved by a tenth of a standard deviation.
 */
export function defaultWatch(window: Extent = defaultWindow): WatchSpec {
  return {
    window,
    falseAlarmRate: 0.01,
    effectMin: 0.1,
    missingShareRiseMax: 0.1,
    decay: { alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: halfRows(window) },
    webhooks: [],
  };
}

/**
 * When a trusted estimate rings, where a definition does not say it: as decay does. Not filled in: a definition that
 * leaves it out keeps its digest.
 */
export const defaultEstimateAlarm: EstimateAlarmSpec = { alpha: 0.01, relativeRiseMin: 0.1 };

/** When labels are said to have drifted, where a definition does not say it. Not filled in, as above. */
export const defaultLabelDrift: LabelDriftSpec = { falseAlarmRate: 0.01 };

/** Train when the labels have doubled or quality has decayed; drift of the inputs alone only alerts. */
export function defaultRetrain(window: Extent = defaultWindow): RetrainSpec {
  return {
    schedule: null,
    newLabelledRows: null,
    growthFactor: 2,
    onDrift: false,
    onDecay: true,
    onSpecChange: true,
    staleAfter: null,
    cooldown: times(window, 2),
    budget: { runs: 1, per: times(window, 5) },
    labelledRowsMin: halfRows(window),
  };
}

/**
 * Fills in everything that a definition leaves out. Pure; the result is what is hashed. Every extent follows
 * `watch.window`.
 */
export function completeSpec(input: ModelSpecInput): ModelSpec {
  const { task } = input.target;
  const window = input.watch?.window ?? defaultWindow;
  const trainer = completeTrainer(trainerFor(input));
  const objective = objectiveIn(trainer);
  const rollout = defaultRollout(task, window, input.target.labelDelay, objective);
  const watch = defaultWatch(window);
  const steps = completeUserSteps(input.steps);
  return {
    formatVersion: 3,
    name: input.name,
    about: input.about,
    entity: input.entity ?? null,
    eventTime: input.eventTime ?? null,
    features: input.features,
    ...(input.derived === undefined || input.derived.length === 0 ? {} : { derived: input.derived }),
    target: input.target,
    // Left out where there is none: a definition without any keeps its digest.
    ...(input.repairs === undefined || input.repairs.length === 0 ? {} : { repairs: input.repairs }),
    contract: { ...defaultContract, ...input.contract },
    source: input.source,
    trainer,
    split: {
      ...defaultSplit,
      ...(input.split?.blocks === undefined ? {} : { testRowsMax: defaultBlockRowsMax }),
      ...input.split,
    },
    gates: input.gates ?? defaultGates(task, objective),
    slices: input.slices ?? [],
    ...(input.fairness === undefined ? {} : { fairness: input.fairness }),
    value: input.value ?? null,
    rollout: {
      ...rollout,
      ...withoutApproval(input.rollout),
      ...(input.rollout?.approval === undefined ? {} : { approval: { ...defaultApproval, ...input.rollout.approval } }),
      breaker: { ...rollout.breaker, ...input.rollout?.breaker },
      promotion: { ...rollout.promotion, ...input.rollout?.promotion },
    },
    watch: { ...watch, ...input.watch, decay: { ...watch.decay, ...input.watch?.decay } },
    retrain: { ...defaultRetrain(window), ...input.retrain },
    retention: { ...defaultRetention, ...input.retention },
    // Left out rather than null: a definition without one keeps its digest.
    ...(input.fallback == null ? {} : { fallback: input.fallback }),
    ...(input.leakage === undefined ? {} : { leakage: { ...usualLeakage, ...input.leakage } }),
    ...(input.outliers === undefined ? {} : { outliers: input.outliers }),
    ...(steps === undefined ? {} : { steps }),
  };
}

/** What goes with the split, where the definition does not say otherwise. */
function trainerFor({ split, trainer }: ModelSpecInput): ModelSpecInput['trainer'] {
  if (split?.group !== undefined) return withoutRefit(trainer);
  return split?.blocks === undefined ? trainer : withWholeHistory(trainer);
}

function withoutApproval(input: RolloutInput = {}): Omit<RolloutInput, 'approval'> {
  const { approval: _, ...rest } = input;
  return rest;
}

function times(extent: Extent, factor: number): Extent {
  return isRows(extent) ? { rows: extent.rows * factor } : { ms: extent.ms * factor };
}

/** Sum of two extents of one kind; extents of two kinds cannot be added, and the first one stands. */
function plus(extent: Extent, more: Extent): Extent {
  if (isRows(extent)) return isRows(more) ? { rows: extent.rows + more.rows } : extent;
  return isRows(more) ? extent : { ms: extent.ms + more.ms };
}

/** Labelled rows that must be there before quality is judged: half a window, or 250 when the window is in time. */
function halfRows(window: Extent): number {
  return isRows(window) ? Math.ceil(window.rows / 2) : 250;
}
