import type { ExternalStage } from '../external.ts';
import type { SharedFile } from './shared-files.ts';
import type { FitNeeds } from './trainer-queue.ts';

/** Where a fit is sent, and what for: what the definition says of its worker. */
export interface WorkerFit extends FitNeeds {
  /** As declared; the task queue bears the needs as well. */
  readonly queue: string;
  readonly trainer: string;
  readonly timeMsMax: number;
  /** Ask once more, for a file of all rows. */
  readonly refit: boolean;
}

/**
 * What the activity `fitExternal` is asked. It stands in the history of the run, so it holds no secret: the files are
 * fetched by their digests with an access that the worker asks for (docs/trainer-workers.md).
 */
export interface FitExternalAsk {
  readonly formatVersion: 1;
  readonly model: string;
  readonly runId: string;
  /** Which training of the model it is. */
  readonly number: number;
  readonly trainer: string;
  readonly stage: ExternalStage;
  readonly files: readonly SharedFile[];
  readonly limits: {
    readonly timeMsMax: number;
    readonly memoryBytesMax: number | null;
    readonly filesBytesMax: number;
  };
  readonly requires: FitNeeds;
}

/** What it answers, as far as it can be believed: files that it has uploaded, under the names that a fit may leave. */
export interface FitExternalAnswer {
  readonly files: readonly SharedFile[];
}

/** Characters of JSON that an answer may have: it stands in the history of the run, and is handed on from there. */
export const fitAnswerCharsMax = 16_384;

/** What a worker answered for a stage; nothing of it is believed before it is taken. */
export interface MadeStage {
  readonly stage: ExternalStage;
  readonly answer: FitExternalAnswer;
}
