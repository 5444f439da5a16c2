export const leakageKinds = ['target-copy', 'near-perfect', 'newer-than-event', 'id', 'row-order'] as const;
export type LeakageKind = (typeof leakageKinds)[number];

/** Why a column looks as if it knew the target, or what came after the event. */
export interface LeakageSuspicion {
  readonly kind: LeakageKind;
  /** The feature; `_order` for the order of the rows. */
  readonly column: string;
  /**
   * For `newer-than-event` the share of rows; else the share of the variance of the target that the column explains
   * alone on rows that were held out, or, where that is what gave it away, the area under its ROC curve.
   */
  readonly score: number;
  readonly measure: 'explained' | 'area' | 'correlation' | 'rowsLater';
  /** From which on it is suspected. */
  readonly limit: number;
  /** Rows that the score is of. */
  readonly rows: number;
  /** One sentence for people. */
  readonly text: string;
}

/** Under which the order of the rows is named and allowed; no column of a definition may be called so. */
export const rowOrder = '_order';
