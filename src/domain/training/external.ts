import type { FeatureKind, TaskName } from '../spec/spec.ts';
import type { MissingPolicy } from '../spec/closed-sets.ts';

/** What a program of somebody else is asked for: a file that is judged, or then one of all rows to be released. */
export const externalStages = ['candidate', 'release'] as const;
export type ExternalStage = (typeof externalStages)[number];

/** `spec.json` of the folder of an external trainer: all that is said to the program. Equal fits give equal bytes. */
export interface ExternalTask {
  readonly formatVersion: 1;
  readonly model: string;
  /** The run of the training, for whoever looks for it. */
  readonly run: string;
  readonly stage: ExternalStage;
  readonly task: TaskName;
  readonly target: {
    readonly column: string;
    /** In the order of the probabilities that the file gives; absent for a regression. */
    readonly classes?: readonly string[];
    /** The class that a binary model speaks of: the last of `classes`. */
    readonly positive?: string;
  };
  /** Name of the column, in the rows as well; null where none is declared. */
  readonly eventTime: string | null;
  readonly entity: string | null;
  /** What the model may take, in the order in which a matrix has them: the raw features, then the derived ones. */
  readonly features: readonly ExternalFeature[];
  readonly seed: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** The version that is served now, whose file is `champion/model.onnx`; null where there is none. */
  readonly champion: { readonly version: number; readonly threshold: number | null } | null;
  /** What the fit may take; null where nothing is counted. The moment of its end is told beside, not here. */
  readonly limits: {
    readonly memoryBytesMax: number | null;
    readonly timeMsMax: number;
    readonly filesBytesMax: number | null;
  };
}

export interface ExternalFeature {
  readonly name: string;
  /** How it is written: number DOUBLE, boolean BOOLEAN, category VARCHAR, time BIGINT in ms; NULL is missing. */
  readonly kind: FeatureKind;
  /** Whether a request may leave it out. */
  readonly missing: MissingPolicy;
  /** Of a category with declared values. */
  readonly values?: readonly string[];
  /** Computed from the raw ones, here and by the served file. */
  readonly isDerived: boolean;
}

/** A line of `progress.jsonl`. */
export interface ExternalProgress {
  readonly done: number;
  readonly of: number;
  readonly note?: string;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** `report.json`: what the program says of itself; shown as said, and never judged by. */
export interface ExternalReport {
  readonly metrics?: Readonly<Record<string, number>>;
  readonly importance?: readonly { readonly feature: string; readonly gain: number }[];
  readonly environment?: Readonly<Record<string, string | number | boolean | null>>;
  readonly note?: string;
}

/** What a program leaves for a model: an ONNX file, or a dump of trees that becomes one here. */
export const externalOutputs = ['onnx', 'lightgbm', 'xgboost'] as const;
export type ExternalOutput = (typeof externalOutputs)[number];

/** Where a fit ran and what it ran, as far as it is known without asking the program. */
export interface ExternalEnvironment {
  readonly argv?: readonly string[];
  /** SHA-256 over the names and contents of the files of the program's folder. */
  readonly codeDigest?: string;
  /** SHA-256 of the declared lock file. */
  readonly lockDigest?: string;
  /** As declared. */
  readonly image?: string;
  /** Such as `linux-x64`, or what a worker says of itself. */
  readonly host?: string;
}

/** What is kept of a fit by a program of somebody else. */
export interface ExternalFit {
  readonly kind: 'command' | 'worker';
  readonly output: ExternalOutput;
  readonly environment: ExternalEnvironment;
  /** Of the stage that is released; null where the program said nothing. */
  readonly said: ExternalReport | null;
}

/** Names in the folder of an external trainer. */
export const externalFiles = {
  task: 'spec.json',
  train: 'train/rows.parquet',
  validation: 'validation/rows.parquet',
  test: 'test/rows.parquet',
  champion: 'champion/model.onnx',
  /** Of the stage before, for a release. */
  candidateReport: 'candidate/report.json',
  checkpoint: 'checkpoint',
  progress: 'progress.jsonl',
  predictions: 'predictions.parquet',
  report: 'report.json',
  models: { onnx: 'model.onnx', lightgbm: 'model.lightgbm.json', xgboost: 'model.xgboost.json' },
} as const;

/** The variables by which a program finds its folder, and knows when it is ended (epoch ms). */
export const externalVariables = { folder: 'PERENNIAL_FOLDER', deadline: 'PERENNIAL_DEADLINE_MS' } as const;

/** What is read of what a program leaves; beyond these a file is refused, and a line or a text is cut. */
export const externalLimits = {
  modelBytesMax: 1024 ** 3,
  predictionsBytesMax: 4 * 1024 ** 3,
  reportBytesMax: 1024 ** 2,
  progressLineBytesMax: 16 * 1024,
  noteCharsMax: 2_000,
  metricsMax: 100,
  importanceMax: 4_000,
  environmentMax: 200,
} as const;
