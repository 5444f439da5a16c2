import { pairsForEqual } from '../../domain/rollout/preflight/promotion-ahead.ts';
import { usualMetrics } from '../../domain/metrics/usual-metrics.ts';
import { completeSpec, defaultGates } from '../../domain/spec/default-spec.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { correctionFeaturesMax } from '../../domain/spec/parts/watch-spec.ts';
import type {
  CorrectionSpec,
  FeatureSpec,
  GateSpec,
  ModelSpec,
  RetrainSpec,
  TargetSpec,
} from '../../domain/spec/spec.ts';
import { defaultTrainers, type TrainerOptions } from '../../domain/spec/trainer-spec.ts';
import { isRows, type Extent } from '../../domain/words/extent.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';

interface PlanInput {
  readonly name: string;
  readonly file: { readonly path: string; readonly format: DataFormat };
  readonly features: readonly FeatureSpec[];
  readonly target: TargetSpec;
  /** Of a regression target, for margins in its unit. */
  readonly standardDeviation: number | null;
  readonly entity: ModelSpec['entity'];
  readonly eventTime: ModelSpec['eventTime'];
  readonly rows: number;
  readonly historyRows: number;
}

/** Windows per table; enough that the loop closes several times, few enough that each says something. */
const windowsPerTable = 90;
const windowRowsMin = 50;
/** From here on a window of 100 rows still leaves two dozen windows. */
const mediumTableRows = 2_500;
/** A few dozen rows train nothing anew, however short the windows are. */
const trainingRowsMin = 500;
/** Trainings are rare: between them answers are corrected, and each costs a rollout on which nothing is better yet. */
const trainings = {
  /** Twice the rows halve what a model does not know yet; fewer more change little. */
  growthFactor: 2,
  /** In windows: what has changed is seen at the end of one. */
  cooldownWindows: 1,
  budgetWindows: 10,
  /** A change takes several trainings soon after each other, and years without one take none. */
  savedMax: 3,
  /** In windows: beyond it the rows of the new world are as many as a growth of all rows can ask for. */
  followUpWindows: 8,
} as const;
/** The fewest rows after which answers are corrected anew. */
const refitRowsMin = 50;
/** Labels that come by then are known when answers are corrected anew, and with them what errs now. */
const atOnceRows = 10;
const windowRowsMax = 2_000;
/** Of the rows that are to come, one rollout waits for no more than this share. */
const rolloutShareMax = 1 / 3;
/** Below this much history the test rows seldom decide a comparison with the prior. */
const baselineGateRowsMin = 1_000;
/** Non-inferiority margin of a regression, as a share of the target's standard deviation. */
const marginOfDeviation = 0.02;

/** Rows of a window for a table: a multiple of 50 within 50..2,000 (500 for 45,312 rows). */
export function windowRowsOf(rows: number): number {
  const rounded = Math.floor(rows / windowsPerTable / 50) * 50;
  return Math.min(windowRowsMax, Math.max(rows >= mediumTableRows ? 2 * windowRowsMin : windowRowsMin, rounded));
}

/** Defaults scaled to a table's size; everything else is the platform's default. */
export function planSpec(input: PlanInput): ModelSpec {
  const rows = windowRowsOf(input.rows);
  const margin = marginOf(input);
  const { loss } = taskOf(input.target.task);
  const spec = completeSpec({
    name: input.name,
    about: {
      owner: 'nobody yet',
      useCase: `Predict ${input.target.column} for each row as it arrives.`,
      successCriterion: `A lower ${loss.words} on live rows than a model that is never retrained.`,
    },
    features: input.features,
    target: input.target,
    source: { kind: 'file', ...input.file, rowsMax: input.historyRows },
    entity: input.entity,
    eventTime: input.eventTime,
    trainer: trainerOf(input.historyRows),
    // The newest three windows judge a candidate: the present, not the average of the past.
    split: { validationRowsMax: Math.max(200, 3 * rows), testRowsMax: Math.max(200, 3 * rows) },
    gates: gatesOf(input, margin),
    rollout: {
      // A replay is paced by its client, so evidence is there at once; looking is cheap.
      pollMs: 200,
      // How long an answer takes says nothing about a table.
      failures: ['error'],
      breaker: { rowsMin: Math.min(100, rows) },
      promotion: { labelledRowsMin: Math.max(100, Math.ceil(rows / 2)), ...(margin === null ? {} : { margin }) },
    },
    watch: {
      window: { rows },
      correction: {
        halfLifeRows: rows,
        rowsMax: 6 * rows,
        labelledRowsMin: Math.max(50, Math.round(rows / 5)),
        ...refitsOf(input, rows),
        ...(taskOf(input.target.task).correction.hasCovariates ? { featuresMax: correctionFeaturesMax } : {}),
      },
    },
    retrain: retrainOf(Math.max(trainingRowsMin, rows)),
  });
  return { ...spec, rollout: { ...spec.rollout, deadline: deadlineOf(spec, input.rows - input.historyRows) } };
}

/** A shift within a window costs all rows until its end, and where labels come at once so does every row that waits. */
function refitsOf({ rows, target }: PlanInput, windowRows: number): Pick<CorrectionSpec, 'everyRows' | 'recentErrors'> {
  const { labelDelay } = target;
  const everyRows = Math.max(refitRowsMin, Math.round(windowRows / 5));
  if (rows < mediumTableRows || !isRows(labelDelay) || labelDelay.rows > atOnceRows) return { everyRows };
  return { everyRows: refitRowsMin, ...(taskOf(target.task).correction.hasCovariates ? { recentErrors: true } : {}) };
}

/**
 * Until equal answers can be proven to be within the margin, where that is not too long for the rows that will come: a
 * rollout that could prove nothing would not begin, and one that takes longer than the table proves nothing either.
 */
function deadlineOf({ rollout, target: { labelDelay } }: ModelSpec, liveRows: number): Extent {
  const { shadow, canary, deadline } = rollout;
  const pairs = pairsForEqual(rollout);
  if (pairs === null || pairs > rolloutShareMax * liveRows || !isRows(deadline) || !isRows(labelDelay)) return deadline;
  const stepRows = [shadow, ...canary.map(({ extent }) => extent)].reduce(
    (sum, extent) => sum + (isRows(extent) ? extent.rows : 0),
    0,
  );
  return { rows: Math.max(deadline.rows, pairs + labelDelay.rows - stepRows) };
}

/** By the rows of a window, or more where windows are short. */
function retrainOf(rows: number): Partial<RetrainSpec> {
  const { growthFactor, cooldownWindows, budgetWindows, savedMax, followUpWindows } = trainings;
  return {
    growthFactor,
    cooldown: { rows: cooldownWindows * rows },
    budget: { runs: 1, per: { rows: budgetWindows * rows }, savedMax },
    followUpRowsMax: followUpWindows * rows,
  };
}

function trainerOf(historyRows: number): TrainerOptions<'gbdt'> {
  // Answers are corrected on matured labels, which takes care of a level that moves: then more history is better.
  const historyShares = [1];
  if (historyRows >= 5_000) return { historyShares };
  // Few rows: smaller trees, and leaves that a few dozen rows can fill.
  return {
    historyShares,
    leavesMax: historyRows < 1_000 ? 7 : 15,
    rowsPerLeafMin: Math.min(defaultTrainers.gbdt.rowsPerLeafMin, Math.max(5, Math.round(historyRows / 250))),
  };
}

function gatesOf(input: PlanInput, margin: number | null): readonly GateSpec[] {
  const gates = defaultGates(input.target.task).map((gate) =>
    gate.gate === 'noWorseThanChampion' && gate.metric === usualMetrics[input.target.task].loss && margin !== null
      ? { ...gate, margin }
      : gate,
  );
  return input.historyRows < baselineGateRowsMin ? gates.filter((gate) => gate.gate !== 'betterThanBaseline') : gates;
}

function marginOf(input: PlanInput): number | null {
  if (input.standardDeviation === null) return null;
  return Number((marginOfDeviation * input.standardDeviation).toPrecision(3));
}
