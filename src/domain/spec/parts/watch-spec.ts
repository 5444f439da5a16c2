import type { CorrectionMode, SeasonPhases } from '../closed-sets.ts';
import type { ProxySpec } from './proxy-spec.ts';
import type { Extent } from '../../words/extent.ts';

/**
 * Recalibration of the answers on matured labels between trainings; re-fitted when a window closes, or more often where
 * `everyRows` says so.
 */
export interface CorrectionSpec {
  /** A label that is this many labelled rows older counts half. */
  readonly halfLifeRows: number;
  /** Most recent labelled rows that are used. */
  readonly rowsMax: number;
  /** Fewer labelled rows than this leave the answers as the model gave them. */
  readonly labelledRowsMin: number;
  /**
   * Number features that may have a part in the correction beside the scores, the most important ones of the training
   * (0..24). Takes effect with the next training. Absent: none. Binary targets only.
   */
  readonly featuresMax?: number;
  /**
   * Also re-fitted within a window, whenever this many more rows have a label (50 or more); at most once per tick of
   * the watch. Absent: only when a window closes.
   */
  readonly everyRows?: number;
  /**
   * Means of the newest known errors have a part, of the last 20, 100 and 500: where labels come at once and what comes
   * next is like what came last. They are as new as the last refit, so `everyRows` is wanted too. Binary targets only.
   * Absent: false.
   */
  readonly recentErrors?: boolean;
  /**
   * `shadow`: all is fitted, judged and kept as evidence, with what it would have gained, and no answer changes.
   * Absent: `answer`.
   */
  readonly mode?: CorrectionMode;
}

/** A fit with more of them takes seconds, at every window. */
export const correctionFeaturesMax = 24;

/** A season that the traffic is known to have, by the event time of its rows. */
export interface SeasonSpec {
  readonly phases: SeasonPhases;
  /** IANA name of the zone whose clocks and calendar the season follows, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** Whether features go together as they did, by a classifier that tells a window from the reference. */
export interface MultivariateSpec {
  /** How far its AUROC must lie above what stretches of the reference show of themselves (0..0.5). Usually 0.05. */
  readonly aurocRiseMin: number;
}

/** When a trusted estimate of the loss rings, before any label has come. */
export interface EstimateAlarmSpec {
  /** Probability that a model whose loss has not risen that far rings in any of 50 windows, about (0..1). */
  readonly alpha: number;
  /** The least rise in loss against the first mature windows of the champion that rings (0.1: a tenth more). */
  readonly relativeRiseMin: number;
}

/** Whether labels of mature rows are distributed as those of the training, with an error of its own. */
export interface LabelDriftSpec {
  /** Share of windows in which labels that do not change alarm, at most (0..1). */
  readonly falseAlarmRate: number;
}

export interface WatchSpec {
  readonly window: Extent;
  /** Absent or null: answers are never corrected (a person approves every change). */
  readonly correction?: CorrectionSpec | null;
  /**
   * Of a stream that does not change, the share of windows that alarm of drift, on average over streams (0..1, both
   * excluded): the window by itself has half of it, the last 4 and 16 windows together a quarter each, and
   * Benjamini-Hochberg goes over the features of each. 0.01: one of a hundred windows on average.
   */
  readonly falseAlarmRate: number;
  /**
   * How far a feature must also have moved, in standard deviations above sampling noise (0..1). Against a reference
   * without a measure of its memory it is a Jensen-Shannon distance, of which 0.1 is 0.28 standard deviations.
   */
  readonly effectMin: number;
  /**
   * Drift is judged against rows of the reference of the same phase. Absent or null: against all of them. Takes effect
   * with the next training, whose reference is counted by phase.
   */
  readonly season?: SeasonSpec | null;
  /**
   * One more test beside those of single features, within the same `falseAlarmRate`. True: 0.05 above. Absent or null:
   * not judged. Takes effect with the next training, whose reference keeps rows.
   */
  readonly multivariate?: MultivariateSpec | true | null;
  /** Plain threshold beside the statistics: alarm when missing share rises by more than this (0..1). */
  readonly missingShareRiseMax: number;
  /**
   * Of the labels of each class that come at all, the share that must have come before a row is mature (0.5..0.999).
   * The rest of the slowest class is missing from what is judged, so a lower share is sooner and lets more of the bias
   * in. Absent: 0.95.
   */
  readonly labelCoverage?: number;
  /** Quality alarm on matured labels, and the least relative rise in loss that is one. */
  readonly decay: {
    /** Probability that a model that is as good as when it was promoted alarms in any of 50 windows, about. */
    readonly alpha: number;
    readonly relativeRiseMin: number;
    readonly labelledRowsMin: number;
    /**
     * Labelled rows that stand for "when promoted": the hold-out and, where it has fewer, the first ones after the
     * promotion; at most 2,000. Absent: 8 times the recent ones.
     */
    readonly referenceRows?: number;
    /**
     * Whether each of the first 20 slices is judged as well, and may ring the alarm `slice-decay`. They share alpha
     * with the whole. Absent: no; slices are counted and shown, and none alarms.
     */
    readonly slices?: boolean;
  };
  /** Absent: a rate of 0.01. Null: not judged. Takes effect with the next training, whose reference keeps labels. */
  readonly labelDrift?: LabelDriftSpec | null;
  /** Absent: alpha 0.01 and a tenth more. Null: an estimate never rings. Tasks with classes only. */
  readonly estimateAlarm?: EstimateAlarmSpec | null;
  /** Values that stand in for the label and come sooner, sent to `POST /v1/proxies`. Absent: none. */
  readonly proxies?: readonly ProxySpec[];
  readonly webhooks: readonly string[];
}
