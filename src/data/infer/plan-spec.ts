import { usualMetrics } from '../../domain/metrics/usual-metrics.ts';
import { completeSpec, defaultGates } from '../../domain/spec/default-spec.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { correctionFeaturesMax } from '../../domain/spec/parts/watch-spec.ts';
import type { FeatureSpec, GateSpec, ModelSpec, TargetSpec } from '../../domain/spec/spec.ts';
import { defaultTrainers, type TrainerOptions } from '../../domain/spec/trainer-spec.ts';
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
/** Trainings are cheap and guarded: another one whenever the labels have grown by a quarter. */
const growthFactor = 1.25;
const windowRowsMax = 2_000;
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
  return completeSpec({
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
        // A shift within a window costs all rows until its end.
        everyRows: Math.max(50, Math.round(rows / 5)),
        ...(taskOf(input.target.task).correction.hasCovariates ? { featuresMax: correctionFeaturesMax } : {}),
      },
    },
    retrain: { growthFactor },
  });
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
