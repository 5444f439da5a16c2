import type { ModelMemory } from '../../domain/spec/parts/model-memory.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { DerivedSpec, ModelSpec, OutlierLimits } from '../../domain/spec/spec.ts';
import type { Calibration } from '../../domain/training/calibration/calibration.ts';
import type { Ensemble } from '../../domain/training/search/ensemble.ts';
import type { Selection } from '../../domain/training/selection/selection.ts';
import type { ExternalFit } from '../../domain/training/external.ts';
import type { GivenChampion, WarmStarted } from '../../domain/training/training.ts';
import type { FittedModel, RowRange } from '../interface.ts';

/**
 * The files of a training, all in one folder: what one step writes is all that the next one knows. The contract in
 * words stands in FOLDER.md.
 */
export const files = {
  /** `Prepared`, as JSON. */
  prepared: 'spec.json',
  /** Labelled rows in the order of time, by part. */
  training: 'training.parquet',
  validation: 'validation.parquet',
  test: 'test.parquet',
  gap: 'gap.parquet',
  /** What computes the derived features, where there are any. */
  derived: 'derived.onnx',
  /** The version that is served, where a program of somebody else or a warm start is to see it. */
  champion: 'champion.onnx',
  /** What a fit needs to go on after a kill; opaque to everybody else. */
  checkpoint: 'checkpoint',
  /** `TrainProgress`, one JSON object a line. */
  progress: 'progress.jsonl',
  /** `Fitted`, as JSON. */
  fitted: 'fitted.json',
  /** `Baselines`, as JSON. */
  baselines: 'baselines.json',
  /** `ReferenceProfile` of what is released, as JSON. */
  profile: 'profile.json',
  testScores: 'test-scores.parquet',
} as const;

/** The files that hold rows: together all labelled rows, each in one of them. */
export const parts = ['training', 'validation', 'test', 'gap'] as const;

/** Ranges count all rows of all parts in time order, from 0. */
export interface Split {
  readonly training: RowRange;
  readonly validation: RowRange;
  readonly test: RowRange;
  /** Rows left out between the parts, both gaps together. */
  readonly gapRows: number;
  /**
   * Where the test is judged by blocks: all of it, block after block in the order of time. What is older is `training`,
   * validation is empty, and there are no rows between the parts.
   */
  readonly folds?: readonly Fold[];
}

/** What a fit learns from, and the younger rows by which it is chosen. */
export type Parts = Pick<Split, 'training' | 'validation'>;

/** A block of the test, and which rows may answer for it. */
export interface Fold {
  readonly block: RowRange;
  /**
   * All rows of all parts but the block and those that lie less than the label delay before or behind it: at most two
   * ranges.
   */
  readonly outside: readonly RowRange[];
  /** Of those, what is learnt from while `validation` chooses how many trees; the delay lies between the two. */
  readonly training: readonly RowRange[];
  readonly validation: RowRange;
}

/** What is to be fitted. */
export interface Prepared {
  readonly formatVersion: 1;
  readonly spec: ModelSpec;
  /** Inputs and outputs of the ONNX file, as they follow from the spec. */
  readonly signature: Signature;
  /** Of every value that a fit could see: it names the rows in the file's metadata. */
  readonly dataDigest: string;
  readonly rows: number;
  readonly split: Split;
  /** Beyond which a number is an outlier, as the training rows say; absent where none is declared. */
  readonly limits?: readonly OutlierLimits[];
  /** Whose file lies in the folder; absent where there is none, and where nothing that fits is to see it. */
  readonly champion?: GivenChampion;
}

/** A model file and what its trainer says of it. Nothing of this is believed: see `judge/`. */
export interface FittedFile {
  readonly family: FittedModel['family'] | 'external';
  readonly modelFile: string;
  /**
   * The trainer's own answers to every row from the first of validation on, and to one without any value. Of an
   * external trainer without that one; null where it gave none.
   */
  readonly predictionsFile: string | null;
  readonly trees: number;
  readonly fittedOn: RowRange;
  readonly importance: FittedModel['importance'];
  /**
   * Where the test is judged by blocks: the model of each of them, in their order; the file itself is the last one.
   * Absent for a release, which is one model of all rows.
   */
  readonly folds?: readonly FoldFile[];
}

/** Of a family of this platform, which answers by itself as well. */
export type OwnFile = FittedFile & FileNames;

/** A model that answers for one block; its predictions are those of the rows of the block. */
export type FoldFile = FileNames & Pick<FittedFile, 'trees'>;

export interface FileNames {
  readonly modelFile: string;
  readonly predictionsFile: string;
}

/** Names of the files of one model of a fit, or of what answers for a block: the newest one goes without a number. */
export function fittedNames(name: string, at = 0, of = 1): FileNames {
  const own = at === of - 1 ? name : `${name}-${at + 1}`;
  return { modelFile: `${own}.onnx`, predictionsFile: `${own}.predictions.parquet` };
}

export interface Fitted {
  readonly formatVersion: 1;
  readonly historyShare: number;
  /**
   * Training and validation as they were used, where the fit learnt from older validation rows as well: the newer ones
   * chose. Absent where they are those of the split.
   */
  readonly parts?: Parts;
  /** How the fit was chosen; absent where there was only a share of history to choose. */
  readonly selection?: Selection;
  /** What became of a calibration; absent where none is declared. */
  readonly calibration?: Calibration;
  /** What became of an ensemble of trials; absent where none is declared. */
  readonly ensemble?: Ensemble;
  /** Features that the models take and do not read; absent for none. */
  readonly withheld?: readonly string[];
  /** Features that the models compute beside those of the definition; absent for none. */
  readonly proposals?: readonly DerivedSpec[];
  /** Fitted without the test rows: the one that is judged. */
  readonly candidate: FittedFile;
  /** The candidate's configuration on all rows; null releases the candidate itself. */
  readonly release: FittedFile | null;
  /** Absent where no warm start was asked for. */
  readonly warmStart?: WarmStarted;
  /** What a program of somebody else said, and where it ran; absent for a family of this platform. */
  readonly external?: ExternalFit;
  /** What the file of such a program took when it was tried. */
  readonly memory?: ModelMemory;
}

/** Prior and linear model on the rows of the candidate. A linear candidate is its own linear baseline. */
export interface Baselines {
  readonly formatVersion: 1;
  readonly models: readonly FittedFile[];
}

/** `_order` of the row in which everything is missing, the last one of a predictions file. */
export const missingRowOrder = -1;
