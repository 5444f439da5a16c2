import type { Calibration } from './calibration/calibration.ts';
import type { FirstCorrection } from './first-correction.ts';
import type { CompareJob, CompareResult } from './experiment/experiment.ts';
import type { ExternalFit, ExternalStage } from './external.ts';
import type { Footprint, FootprintMeasures } from './gates/footprint-rounds.ts';
import type { FairnessReport } from './fairness/fairness.ts';
import type { Selection } from './selection/selection.ts';
import type { ModelMemory } from '../spec/parts/model-memory.ts';
import type { Ensemble, EnsembleAsk } from './search/ensemble.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { SliceMetrics } from '../metrics/slice-metrics.ts';
import type { SearchSummary, TrialAsk, TrialFit } from './search/trial.ts';
import type { ModelSpec, OutlierLimits } from '../spec/spec.ts';
import type { OwnSpec } from '../spec/trainer-spec.ts';

/**
 * The steps of a training, as the platform asks for them: one JSON object a line on standard input of the child, one
 * JSON object out each, and a folder. A step reads files and writes files; it never sees the database.
 */
export interface TrainingJobs {
  readonly prepare: PrepareJob;
  readonly fit: FitJob;
  readonly trial: TrialJob;
  readonly share: ShareJob;
  readonly judge: JudgeJob;
  readonly compare: CompareJob;
  readonly train: TrainJob;
  readonly measure: MeasureJob;
}

/** What each step answers, besides the files that it leaves in its folder. */
export interface TrainingResults {
  readonly prepare: null;
  readonly fit: null;
  readonly trial: TrialFit;
  readonly share: null;
  readonly judge: TrainReport;
  readonly compare: CompareResult;
  readonly train: TrainReport;
  readonly measure: Footprint;
}

/** Whatever a child is asked for. */
export type TrainingWork = keyof TrainingJobs;
/** What makes, or judges, model files: it needs nothing but the folder. */
export type TrainingStep = Exclude<TrainingWork, 'measure'>;

/** The version that is served, whose file lies in the folder of a training. */
export interface GivenChampion {
  readonly version: number;
  readonly threshold: number | null;
  /** Rows with `_order` above this are younger than its training; said where a fit may go on from it. */
  readonly trainedThroughOrder?: number;
}

/** How much each feature moves the score of a test row on average, the most first. */
export interface MeanContributions {
  /** Test rows that were explained. */
  readonly rows: number;
  /** In log-odds, in the logit of the decided class, or in the unit of the value. */
  readonly features: readonly { readonly feature: string; readonly mean: number }[];
}

/** What became of a fit that was asked to go on from the champion. */
export interface WarmStarted {
  /** In one sentence; where it began from nothing, why. */
  readonly text: string;
  /** Absent where it began from nothing. */
  readonly from?: {
    readonly version: number;
    /** SHA-256 of the champion's file, in hex. */
    readonly digest: string;
    /** Trees that it had; of several classes, of each. */
    readonly trees: number;
    /** Rows that the champion had not seen and the candidate learnt from. */
    readonly rows: number;
  };
}

/** Snapshots become rows in parts. */
export interface PrepareJob {
  readonly job: 'prepare';
  readonly spec: ModelSpec;
  /**
   * Parquet files of accepted rows (columns: the features, the target, entity and event time where declared, `_order`
   * bigint).
   */
  readonly dataPaths: readonly string[];
  /** Suspicions of leakage that a person lets go, by their names; none where it is left out. */
  readonly allowed?: readonly string[];
  /** Whose file lies in the folder, where a program of somebody else is to see it. */
  readonly champion?: GivenChampion;
  /** Of this attempt; empty, but for the checkpoint of an earlier one. What the steps write stays here. */
  readonly folder: string;
}

/** A prepared folder becomes one with models in it. */
export interface FitJob {
  readonly job: 'fit';
  readonly folder: string;
  /** What trials have found; absent where the definition says what is fitted. */
  readonly settings?: OwnSpec;
  /** Trials whose mean may answer in place of these settings; absent where the definition asks for none. */
  readonly ensemble?: EnsembleAsk;
}

/** A fit of one trial in a prepared folder, which stays as it is. */
export interface TrialJob extends Pick<TrialAsk, 'number' | 'rung' | 'share' | 'settings'> {
  readonly job: 'trial';
  readonly folder: string;
  /** Keeps its answers to the validation rows beside the checkpoints; absent: nothing is kept. */
  readonly isKept?: true;
}

/** A prepared folder becomes that of an external trainer. */
export interface ShareJob {
  readonly job: 'share';
  /** The prepared one. */
  readonly folder: string;
  /** Where the folder of the trainer is written: there, and empty but for what outlives attempts. */
  readonly into: string;
  readonly stage: ExternalStage;
  readonly run: string;
}

/** A fitted folder is held against the rows, the baselines and the champion. */
export interface JudgeJob extends ChampionOfJob {
  readonly job: 'judge';
  readonly folder: string;
  /** What the trials came to that chose the settings; it goes into the report as it is. */
  readonly search?: SearchSummary;
}

/** All steps in one folder. */
export interface TrainJob extends Omit<PrepareJob, 'job'>, ChampionOfJob {
  readonly job: 'train';
}

/** What a judged folder's file takes as a program, with the champion's in turn. */
export interface MeasureJob {
  readonly job: 'measure';
  readonly folder: string;
  /** Name within the folder of what is released. */
  readonly modelFile: string;
  readonly champion: {
    readonly path: string;
    readonly features: ModelSpec['features'];
    readonly target: ModelSpec['target'];
    /** Served in the process of the others, as a trained model is. */
    readonly isShared: boolean;
  } | null;
  readonly measures: FootprintMeasures;
  /** Fewer than usual say less; absent for as many as a gate needs. */
  readonly rounds?: number;
}

export interface ChampionOfJob {
  /** Rows with `_order` above this are younger than the champion's training; null when there is no champion. */
  readonly championTrainedThroughOrder: number | null;
  readonly championModelPath: string | null;
  readonly championThreshold: number | null;
}

/** Progress lines on standard output of the child, one JSON object each; every line is a heartbeat. */
export interface TrainProgress {
  readonly phase: 'load' | 'fit' | 'export' | 'parity' | 'score' | 'refit' | 'measure';
  readonly done: number;
  readonly of: number;
  readonly note?: string;
}

export interface TrainedModel {
  readonly family: 'gbdt' | 'linear' | 'streaming' | 'prior' | 'imported' | 'external' | 'ensemble';
  /** File name within the folder. */
  readonly modelFile: string;
  readonly threshold: number | null;
  readonly testMetrics: Metrics;
  readonly trees: number;
}

/** What a feature says about the target by itself, as a training has seen it on its test rows. */
export interface FeatureRelation {
  readonly feature: string;
  /** Share of the variance of the target that it explains on rows that it was not learnt from; may be below 0. */
  readonly share: number;
  readonly standardError: number;
  readonly rows: number;
}

export interface TrainReport {
  readonly rows: {
    readonly all: number;
    readonly training: number;
    readonly validation: number;
    readonly test: number;
    readonly gap: number;
    /**
     * Blocks that the test was judged by, each by a model of the others; absent where one model was judged on rows
     * younger than its own. Then `training` are rows that no block holds, and `test` all others.
     */
    readonly folds?: number;
  };
  /** Largest `_order` among the rows that any part of this training has seen; null where nothing was trained here. */
  readonly trainedThroughOrder: number | null;
  readonly historyShare: number;
  /** How the fit was chosen, where more than a share of history was to be chosen; absent otherwise. */
  readonly selection?: Selection;
  /** What became of a calibration; absent where none is declared. */
  readonly calibration?: Calibration;
  /** What became of an ensemble of trials; absent where none is declared. */
  readonly ensemble?: Ensemble;
  /** The candidate as gated (fitted on training rows only; of blocks, each answered for by its own model). */
  readonly candidate: TrainedModel;
  readonly baselines: readonly TrainedModel[];
  /** What is served if the gate passes: the refit, or the candidate itself. */
  readonly release: TrainedModel;
  readonly releaseProfileFile: string;
  /**
   * Metrics of the champion on the same test rows; null without one. `comparableRows`: test rows it had not been
   * trained on; of blocks, those of them that lie in the youngest block, and its metrics are of these alone.
   */
  readonly champion: { readonly testMetrics: Metrics; readonly comparableRows: number } | null;
  readonly slices: readonly SliceMetrics[];
  /** What it does to the declared groups; absent without any. */
  readonly fairness?: FairnessReport;
  readonly importance: readonly { readonly feature: string; readonly gain: number }[];
  /** Of what is released; absent where its file cannot be explained exactly, and in earlier releases. */
  readonly contributions?: MeanContributions;
  /** Beyond which numbers are outliers, and what is done about them; absent where nothing is declared. */
  readonly outliers?: readonly OutlierLimits[];
  /** What each feature says about the target by itself; absent in trainings of earlier releases and for imports. */
  readonly relations?: readonly FeatureRelation[];
  /**
   * Parquet within the folder: `_order`, `label`, `candidate` (double[]), `champion` and each baseline by its name
   * (double[] or null), one row per test row.
   */
  readonly testScoresFile: string;
  /**
   * Largest absolute difference between trainer and ONNX over the golden rows, and how many rows; no rows where a
   * program of somebody else made the file and gave no answers of its own.
   */
  readonly parity: { readonly rows: number; readonly maxAbsoluteDifference: number; readonly labelMismatches: number };
  /** What the test rows say of its answers; absent where they are not corrected, and in earlier releases. */
  readonly firstCorrection?: FirstCorrection;
  /** What a foreign file took when it was tried; older imports were not measured. */
  readonly memory?: ModelMemory;
  /** Absent where no warm start was asked for. */
  readonly warmStart?: WarmStarted;
  /** Of a program of somebody else: what it said of itself, and where it ran; shown, and never judged by. */
  readonly external?: ExternalFit;
  /** What the trials came to that chose the settings; absent where the definition says them. */
  readonly search?: SearchSummary;
}
