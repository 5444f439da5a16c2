import type { Arm, Stage } from '../rollout/routing.ts';
import type { ViewUse } from '../view/view-use.ts';

/**
 * What a version said about one row. `scores` are class probabilities in signature order, or one value for regression.
 */
export interface Answer {
  readonly scores: readonly number[];
  /** What the model itself said, where a correction changed it: the next correction is fitted on these. */
  readonly rawScores?: readonly number[];
  /** The decided class in the words of the business; null for regression. */
  readonly decision: string | null;
}

/** What is logged of a row that no version could answer; such a row has failed. */
export const noAnswer: Answer = { scores: [], decision: null };

/** One answered prediction, logged at decision time. Field order is the order of the columns in the log. */
export interface PredictionRecord {
  /** 1..128 characters of [A-Za-z0-9_.:-]; unique per model; a client may supply it and retry with it. */
  readonly predictionId: string;
  readonly model: string;
  readonly requestedAtMs: number;
  readonly eventTimeMs: number | null;
  /** Of the entity (entity-names.ts); null for a row without one. */
  readonly entityHash: string | null;
  /** False in records of releases before there was a key; their hashes are bare. */
  readonly isEntityKeyed: boolean;
  readonly bucket: number;
  readonly arm: Arm;
  readonly stage: Stage;
  readonly challengerWeight: number;
  readonly version: number;
  readonly correction: string;
  readonly routingRevision: number;
  readonly specRevision: number;
  /** Inputs in the signature order of `specRevision` (the revision of the version that answered). */
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly answer: Answer;
  /** The other arm's answer on the same row while a rollout is active (shadow pairing); null otherwise. */
  readonly otherVersion: number | null;
  readonly otherAnswer: Answer | null;
  /**
   * True when the version that should have answered failed: the champion answered for its challenger, or nobody did,
   * and `answer` has no scores.
   */
  readonly failed: boolean;
  readonly latencyUs: number;
  /** How the values of views stood that are among the inputs; absent where none is. */
  readonly views?: readonly ViewUse[];
}

/** One reported outcome. Exactly one of `predictionId` and `entityHash` + `eventTimeMs` names what it belongs to. */
export interface LabelRecord {
  /** Idempotency key: the same id twice is stored once. Begins with `arrivalMark` where the client gave none. */
  readonly labelId: string;
  readonly model: string;
  readonly predictionId: string | null;
  readonly entityHash: string | null;
  /** As in predictions. */
  readonly isEntityKeyed: boolean;
  readonly eventTimeMs: number | null;
  /** Class label in the words of the business, or a number as text. */
  readonly label: string;
  readonly receivedAtMs: number;
}

/** Stands before ids that the door gave, and in no id that a client may give. */
export const arrivalMark = '~';

/** Whether nobody named the label: then one that says what is current already is only a repeat of it. */
export function isNamedByArrival({ labelId }: Pick<LabelRecord, 'labelId'>): boolean {
  return labelId.startsWith(arrivalMark);
}

/** One value that stands in for the label of a prediction; of several the one received last counts. */
export interface ProxyRecord {
  readonly model: string;
  readonly name: string;
  readonly predictionId: string;
  readonly value: number;
  readonly receivedAtMs: number;
}

/** Lines of a spool segment, in the order in which they happened. */
export type SpoolRecord =
  | { readonly type: 'prediction'; readonly record: PredictionRecord }
  | { readonly type: 'label'; readonly record: LabelRecord }
  | { readonly type: 'proxy'; readonly record: ProxyRecord };
