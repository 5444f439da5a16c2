import { probabilityMin } from '../../statistics/samples/losses.ts';
import type { TaskName } from '../spec/parts/target-spec.ts';

/**
 * In what a metric is counted: `nats`; the target's own unit; money of the definition's currency; `share` of the rows;
 * `plain` has no unit and lies between 0 and 1 or near it.
 */
export type MetricUnit = 'plain' | 'share' | 'nats' | 'target' | 'money';

/** What the platform knows about a metric, apart from how it is computed. */
export interface MetricRow {
  /** In headings and at the beginning of a sentence. */
  readonly title: string;
  /** Inside a sentence and on cards. */
  readonly noun: string;
  /** What it says, in one sentence, for somebody who has not met it. */
  readonly about: string;
  readonly tasks: readonly TaskName[];
  readonly better: 'higher' | 'lower';
  readonly unit: MetricUnit;
  /** It judges decisions and so moves with the threshold; the others judge scores. */
  readonly needsThreshold: boolean;
  /** It exists only where the definition declares what each outcome is worth. */
  readonly needsValue: boolean;
  /** It exists only where the trainer is declared to answer a quantile. Absent: it does not ask. */
  readonly needsQuantile?: boolean;
  /** It is the plain mean of one number per row, so that two models can be compared row by row. */
  readonly isPerRow: boolean;
  /** Between what a row can lie, where that has bounds by definition and the metric `isPerRow`; null without. */
  readonly rowRange: readonly [lowest: number, highest: number] | null;
  /** How far luck may have moved it. `none`: resampling would only add to it, so an interval would mislead. */
  readonly interval: 'delong' | 'bootstrap' | 'none';
  /** Rows that the rarest class must have for an interval. Absent: 20. */
  readonly classRowsMin?: number;
}

/**
 * Every metric, in the order in which people read them. Names, schemas, gates, intervals, comparisons, pages and the
 * table in docs/sdk.md derive from it. A metric is added by a row here and a function in `measures.ts`; the compiler
 * asks for the second when it sees the first.
 */
export const metricRegistry = {
  auroc: {
    title: 'AUROC',
    noun: 'AUROC',
    about: 'how often a positive row scores above a negative one; 0.5 is chance',
    tasks: ['binary'],
    better: 'higher',
    unit: 'plain',
    needsThreshold: false,
    needsValue: false,
    isPerRow: false,
    rowRange: null,
    interval: 'delong',
  },
  averagePrecision: {
    title: 'Average precision',
    noun: 'average precision',
    about: 'the precision at the score of each positive row, averaged; the share of positives is chance',
    tasks: ['binary'],
    better: 'higher',
    unit: 'plain',
    needsThreshold: false,
    needsValue: false,
    isPerRow: false,
    rowRange: null,
    interval: 'bootstrap',
    // It hangs on the few rows with the highest scores: of fewer, too few intervals hold the truth.
    classRowsMin: 100,
  },
  logLoss: {
    title: 'Log loss',
    noun: 'log loss',
    about: 'how surprised the probabilities (0.001 to 0.999) are by what came true; a confident error costs most',
    tasks: ['binary', 'multiclass'],
    better: 'lower',
    unit: 'nats',
    needsThreshold: false,
    needsValue: false,
    isPerRow: true,
    rowRange: [-Math.log(1 - probabilityMin), -Math.log(probabilityMin)],
    interval: 'bootstrap',
  },
  brier: {
    title: 'Brier score',
    noun: 'Brier score',
    about: 'the squared distance between the probabilities and what came true',
    tasks: ['binary', 'multiclass'],
    better: 'lower',
    unit: 'plain',
    needsThreshold: false,
    needsValue: false,
    isPerRow: true,
    rowRange: [0, 2],
    interval: 'bootstrap',
  },
  calibrationError: {
    title: 'Calibration error',
    noun: 'calibration error',
    about: 'how far the probabilities lie from the shares that came true, in ten bins of equal size',
    tasks: ['binary', 'multiclass'],
    better: 'lower',
    unit: 'plain',
    needsThreshold: false,
    needsValue: false,
    isPerRow: false,
    rowRange: null,
    interval: 'none',
  },
  accuracy: {
    title: 'Accuracy',
    noun: 'accuracy',
    about: 'the share of rows whose decision was right',
    tasks: ['binary', 'multiclass'],
    better: 'higher',
    unit: 'share',
    needsThreshold: true,
    needsValue: false,
    isPerRow: true,
    rowRange: [0, 1],
    interval: 'bootstrap',
  },
  f1: {
    title: 'F1',
    noun: 'F1',
    about: 'the harmonic mean of precision and recall; for more than two classes the mean over classes',
    tasks: ['binary', 'multiclass'],
    better: 'higher',
    unit: 'plain',
    needsThreshold: true,
    needsValue: false,
    isPerRow: false,
    rowRange: null,
    interval: 'bootstrap',
  },
  value: {
    title: 'Value per row',
    noun: 'value per answer',
    about: 'what a decision brought on average, by the declared value of each outcome',
    tasks: ['binary'],
    better: 'higher',
    unit: 'money',
    needsThreshold: true,
    needsValue: true,
    isPerRow: true,
    rowRange: null,
    interval: 'bootstrap',
  },
  rmse: {
    title: 'RMSE',
    noun: 'RMSE',
    about: 'the root of the mean squared error; large errors weigh most',
    tasks: ['regression'],
    better: 'lower',
    unit: 'target',
    needsThreshold: false,
    needsValue: false,
    isPerRow: false,
    rowRange: null,
    interval: 'bootstrap',
  },
  mae: {
    title: 'MAE',
    noun: 'mean absolute error',
    about: 'the mean distance between answer and truth',
    tasks: ['regression'],
    better: 'lower',
    unit: 'target',
    needsThreshold: false,
    needsValue: false,
    isPerRow: true,
    rowRange: null,
    interval: 'bootstrap',
  },
  pinball: {
    title: 'Pinball loss',
    noun: 'pinball loss',
    about: 'the mean miss of a declared quantile: from below its share of it, from above the rest of 1',
    tasks: ['regression'],
    better: 'lower',
    unit: 'target',
    needsThreshold: false,
    needsValue: false,
    needsQuantile: true,
    isPerRow: true,
    rowRange: null,
    interval: 'bootstrap',
  },
} as const satisfies Record<string, MetricRow>;

export type MetricRegistry = typeof metricRegistry;
export type MetricName = keyof MetricRegistry;
