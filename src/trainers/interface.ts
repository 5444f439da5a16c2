import type { ScoreMap } from '../domain/training/calibration/score-map.ts';
import type { OutlierLimits } from '../domain/spec/spec.ts';
import type { Signature } from '../domain/spec/signature.ts';
import type { TrainProgress } from '../domain/training/training.ts';
import type { AddedSums } from '../onnx/graphs/added-sums.ts';
import type { StartedGraph } from '../onnx/graphs/preprocessing-graph.ts';
import type { EnsembleTree } from '../onnx/graphs/tree-ensemble.ts';
import type { Preprocessing } from '../onnx/graphs/preprocessing.ts';
import type { FeatureColumns } from '../onnx/run/columns.ts';
import type { StreamState } from './families/streaming/stream-state.ts';

/** Rows [from, to) of a table in time order. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Where a fit keeps what it has so far. `load` gives null when there is nothing (or nothing readable). */
export interface Checkpoint {
  load(): Promise<unknown>;
  save(state: unknown): Promise<void>;
}

/** `Settings`: what a trainer needs to be told; the settings of its kind, or fewer. */
export interface FitRequest<Settings> {
  readonly signature: Signature;
  /** Features that the model takes as the signature says, and does not read; absent for none. */
  readonly withheld?: readonly string[];
  readonly columns: FeatureColumns;
  /** What the model makes of numbers beyond these: it is part of the model. */
  readonly limits: readonly OutlierLimits[];
  /** Index into `signature.classes`, or the value itself for regression; one per row of `columns`. */
  readonly labels: Float64Array;
  /**
   * How much each row of `columns` counts, in rows: 0 and above, finite; null counts every row once. A training row of
   * weight 0 is left out wholly; those of validation weigh the validation loss and nothing else.
   */
  readonly weights: Float64Array | null;
  readonly training: RowRange;
  /** Rows for early stopping; null fits as many rounds as may be. */
  readonly validation: RowRange | null;
  readonly settings: Settings;
  /**
   * Rounds of boosting at most (each grows one tree per class for multiclass), where that is not for the settings to
   * say; ignored by models without rounds.
   */
  readonly treesMax: number | null;
  readonly checkpoint: Checkpoint | null;
  /** Trees that stay as they are, and to which others are added; taken by `gbdt` alone. Absent begins from nothing. */
  readonly warmStart?: WarmStart;
  /** A state of a stream that is gone on from; taken by `streaming` alone. Absent begins from nothing. */
  readonly streamState?: StreamState;
  /** Called at least every few hundred milliseconds; awaiting it lets the process notice that it should end. */
  readonly onProgress: (done: number, of: number) => Promise<void>;
}

/** The trees of a version that is served, as its file holds them. */
export interface WarmStart {
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
  /** By the words that the version knows: others are unseen until the next full fit. */
  readonly preprocessing: Preprocessing;
  /** Each leaf counts its rows. */
  readonly trees: readonly EnsembleTree[];
  /** What each sum begins with. */
  readonly base: readonly number[];
  /** Trees of the sum that has most. */
  readonly rounds: number;
}

export interface FittedModel {
  readonly family: 'gbdt' | 'linear' | 'streaming' | 'prior' | 'ensemble';
  /** Boosting rounds kept; 0 for other families. */
  readonly trees: number;
  /**
   * Log loss, or of a regression the root mean squared error or the mean loss that the definition declares, on the
   * validation rows by their weights; null without validation. The linear family knows no declared loss.
   */
  readonly validationLoss: number | null;
  /**
   * Share per feature, summing to 1, largest first: of the total gain (trees) or of the spread that its terms give the
   * score (linear); empty without either.
   */
  readonly importance: readonly { readonly feature: string; readonly gain: number }[];
  /** Row-major scores of the given rows: class probabilities in signature order, or one value. */
  predict(columns: FeatureColumns, range: RowRange): Float64Array;
  /**
   * The ONNX file: preprocessing, model, what becomes of its scores (`maps`; nothing where they are left out), and
   * labels. Equal models give equal bytes.
   */
  toOnnx(dataDigest: string, maps?: readonly ScoreMap[]): Uint8Array;
  /** Its nodes in a graph that holds other models as well; absent where a family has no sums to give. */
  addSums?(started: StartedGraph): AddedSums;
}

/** Equal requests give equal models, whatever the machine, and whether or not a checkpoint was resumed. */
export interface Trainer<Settings> {
  readonly family: FittedModel['family'];
  readonly fit: (request: FitRequest<Settings>) => Promise<FittedModel>;
}

/** Where a training reports; awaiting it lets the process notice that it should end. */
export type OnProgress = (progress: TrainProgress) => Promise<void>;
