import {
  absoluteErrorRows,
  brierRows,
  calibrationError,
  decideRows,
  f1Score,
  hitRows,
  logLossRows,
  mean,
  pinballRows,
  squaredErrorRows,
} from '../../statistics/samples/losses.ts';
import { ascendingOrder, auroc, averagePrecision } from '../../statistics/samples/ranking.ts';
import { taskOf } from '../tasks/task-of.ts';
import { gainRows } from './gains.ts';
import type { MetricName, MetricRegistry } from './registry.ts';
import { decisionsIn, positiveScores, type ScoredRows } from './scored-rows.ts';

/** A metric as a function of how often each row counts (once by default); null where it does not exist. */
export type WeightedMetric = (weights?: Uint32Array) => number | null;

/** One number per row, whose mean the metric is; null where these rows have none. */
type MeasureRows = (rows: ScoredRows) => Float64Array | null;
/** Prepares the metric for repeated evaluation, as the bootstrap needs. */
type MeasureAll = (rows: ScoredRows) => WeightedMetric;

export const calibrationBins = 10;

/** How each metric is computed, on rows of a task that it exists for. */
export const measures: {
  readonly [Name in MetricName]: MetricRegistry[Name]['isPerRow'] extends true ? MeasureRows : MeasureAll;
} = {
  auroc: areaUnderRoc,
  averagePrecision: precisionOverRanks,
  logLoss: ({ scores, classes, labels }) => logLossRows(scores, classes.length, labels),
  brier: ({ scores, classes, labels }) => brierRows(scores, classes.length, labels),
  calibrationError: gapOfCalibration,
  accuracy: (rows) => hitRows(decisionsIn(rows), rows.labels),
  f1: f1OfDecisions,
  value: (rows) => (rows.gains == null ? null : gainRows(decisionsIn(rows), rows.gains)),
  rmse: rootOfSquares,
  mae: ({ scores, labels }) => absoluteErrorRows(scores, labels),
  pinball: ({ scores, labels, quantile }) => (quantile == null ? null : pinballRows(scores, labels, quantile)),
};

/** The area is never asked for with weights, since DeLong gives its interval and its comparison; then it is null. */
function areaUnderRoc({ scores, labels }: ScoredRows): WeightedMetric {
  const positive = positiveScores(scores);
  return (weights) => (weights === undefined ? auroc(positive, labels) : null);
}

function precisionOverRanks({ scores, labels }: ScoredRows): WeightedMetric {
  const positive = positiveScores(scores);
  const order = ascendingOrder(positive);
  return (weights) => averagePrecision(positive, labels, order, weights);
}

/** Binary: P(positive) against what came true. More classes: the decided class's probability against being right. */
function gapOfCalibration(rows: ScoredRows): WeightedMetric {
  const classCount = rows.classes.length;
  const decisions = decideRows(rows.scores, classCount, null);
  const { hasPositive } = taskOf(rows.task);
  const confidences = hasPositive
    ? positiveScores(rows.scores)
    : Float64Array.from(decisions, (decided, row) => rows.scores[row * classCount + decided] ?? Number.NaN);
  const outcomes = hasPositive ? rows.labels : hitRows(decisions, rows.labels);
  const order = ascendingOrder(confidences);
  return (weights) => calibrationError(confidences, outcomes, order, calibrationBins, weights);
}

function f1OfDecisions(rows: ScoredRows): WeightedMetric {
  const decisions = decisionsIn(rows);
  return (weights) => f1Score(decisions, rows.labels, rows.classes.length, weights);
}

function rootOfSquares({ scores, labels }: ScoredRows): WeightedMetric {
  const squares = squaredErrorRows(scores, labels);
  return (weights) => Math.sqrt(mean(squares, weights));
}
