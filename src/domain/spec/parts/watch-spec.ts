import type { Extent } from '../../words/extent.ts';

/** Recalibration of the answers on matured labels between trainings; re-fitted when a window closes. */
export interface CorrectionSpec {
  /** A label that is this many labelled rows older counts half. */
  readonly halfLifeRows: number;
  /** Most recent labelled rows that are used. */
  readonly rowsMax: number;
  /** Fewer labelled rows than this leave the answers as the model gave them. */
  readonly labelledRowsMin: number;
}

export interface WatchSpec {
  readonly window: Extent;
  /** Absent or null: answers are never corrected (a person approves every change). */
  readonly correction?: CorrectionSpec | null;
  /** Benjamini-Hochberg level over the features of one window (expected share of false alarm windows). */
  readonly falseAlarmRate: number;
  /** Effect a feature must also show: Jensen-Shannon distance above its sampling floor (0..1). */
  readonly effectMin: number;
  /** Plain threshold beside the statistics: alarm when missing share rises by more than this (0..1). */
  readonly missingShareRiseMax: number;
  /**
   * Quality alarm on matured labels: one-sided level for "worse than when promoted" and the least relative rise in
   * loss.
   */
  readonly decay: {
    readonly alpha: number;
    readonly relativeRiseMin: number;
    readonly labelledRowsMin: number;
    /**
     * Labelled rows, from the hold-out on, that stand for "when promoted". Absent, all before the recent ones do: more
     * rows, but a decay that lasts becomes its own yardstick.
     */
    readonly referenceRows?: number;
  };
  readonly webhooks: readonly string[];
}
