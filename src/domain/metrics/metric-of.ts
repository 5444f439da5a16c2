import {
  absoluteErrorRows,
  brierRows,
  calibrationError,
  decideRows,
  f1Score,
  hitRows,
  logLossRows,
  mean,
  squaredErrorRows,
} from '../../statistics/losses.ts';
import { ascendingOrder, auroc, averagePrecision } from '../../statistics/ranking.ts';
import type { Gains } from './gains.ts';
import type { MetricName, Task } from '../spec/spec.ts';

/** Labelled, scored rows in time order. */
export interface ScoredRows {
  readonly task: Task;
  /** In signature order: `[negative, positive]` for binary; empty for regression. */
  readonly classes: readonly string[];
  /** Class numbers (binary: 1 is positive), or values for regression. */
  readonly labels: ArrayLike<number>;
  /** Row-major probabilities, one column per class; one value per row for regression. */
  readonly scores: ArrayLike<number>;
  /** Binary: positive from here upwards. Null decides for the most probable class. */
  readonly threshold: number | null;
  readonly gains?: Gains | null;
}

/**
 * Metrics that are a plain mean of one number per row, as those numbers; null for the others and where the task has
 * none.
 */
export function metricRows(metric: MetricName, rows: ScoredRows): Float64Array | null {
  const { task, labels, scores } = rows;
  if (task === 'regression') return metric === 'mae' ? absoluteErrorRows(scores, labels) : null;
  const classCount = rows.classes.length;
  if (metric === 'logLoss') return logLossRows(scores, classCount, labels);
  if (metric === 'brier') return brierRows(scores, classCount, labels);
  if (metric === 'accuracy') return hitRows(decideRows(scores, classCount, rows.threshold), labels);
  if (metric === 'value') return valueRows(rows);
  return null;
}

/** A metric as a function of how often each row counts (once by default); null where it does not exist. */
export type WeightedMetric = (weights?: Uint32Array) => number | null;

/** Prepares a metric for repeated evaluation, as the bootstrap needs. AUROC takes no weights: DeLong compares it. */
export function metricOf(metric: MetricName, rows: ScoredRows): WeightedMetric {
  const { labels, scores, task } = rows;
  if (labels.length === 0) return () => null;
  const perRow = metricRows(metric, rows);
  if (perRow !== null) return (weights) => mean(perRow, weights);
  if (task === 'regression') {
    if (metric !== 'rmse') return () => null;
    const squares = squaredErrorRows(scores, labels);
    return (weights) => Math.sqrt(mean(squares, weights));
  }
  if (metric === 'f1') {
    const decisions = decideRows(scores, rows.classes.length, rows.threshold);
    return (weights) => f1Score(decisions, labels, rows.classes.length, weights);
  }
  if (metric === 'calibrationError') return calibrationOf(rows);
  if (task !== 'binary') return () => null;
  const positive = positiveScores(scores);
  if (metric === 'auroc') return (weights) => (weights === undefined ? auroc(positive, labels) : null);
  if (metric !== 'averagePrecision') return () => null;
  const order = ascendingOrder(positive);
  return (weights) => averagePrecision(positive, labels, order, weights);
}

/** P(positive) of each row of a binary task. */
export function positiveScores(scores: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: Math.floor(scores.length / 2) }, (_, row) => scores[row * 2 + 1] ?? Number.NaN);
}

/** Binary: P(positive) against what came true. More classes: the decided class's probability against being right. */
function calibrationOf(rows: ScoredRows): WeightedMetric {
  const classCount = rows.classes.length;
  const decisions = decideRows(rows.scores, classCount, null);
  const isBinary = rows.task === 'binary';
  const confidences = isBinary
    ? positiveScores(rows.scores)
    : Float64Array.from(decisions, (decided, row) => rows.scores[row * classCount + decided] ?? Number.NaN);
  const outcomes = isBinary ? rows.labels : hitRows(decisions, rows.labels);
  const order = ascendingOrder(confidences);
  return (weights) => calibrationError(confidences, outcomes, order, 10, weights);
}

function valueRows(rows: ScoredRows): Float64Array | null {
  const { gains } = rows;
  if (rows.task !== 'binary' || gains === null || gains === undefined) return null;
  const decisions = decideRows(rows.scores, 2, rows.threshold);
  return Float64Array.from(decisions, (decided, row) => (decided === 1 ? gains.yes[row] : gains.no[row]) ?? Number.NaN);
}
