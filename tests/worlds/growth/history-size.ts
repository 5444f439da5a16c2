/** How much a platform has behind it. Everything else that grows with age follows from these. */
export interface HistorySize {
  /** Closed windows of the model that is looked at. */
  readonly windows: number;
  /** The last ones of them, which nobody has judged yet. */
  readonly unjudgedWindows: number;
  /** Its predictions; a multiple of `windows`. */
  readonly predictions: number;
  readonly labels: number;
  /** Versions, trainings and rollouts that it has had. */
  readonly versions: number;
  /** Models beside it, with a few windows each. */
  readonly models: number;
}

/** The model that has all of the history. */
export const agedModel = 'fraud';
/** The feature view that ages with it. */
export const agedView = 'cardholders';
/** One of many, as many as there are versions. */
export const agedErasure = '00000000-0000-4000-8000-000000000001';
/** A label comes this many rows after its prediction. */
export const labelDelayRows = 5;

export function windowRowsOf({ predictions, windows }: HistorySize): number {
  return Math.max(1, Math.floor(predictions / windows));
}
