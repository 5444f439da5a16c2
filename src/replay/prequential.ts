import { decideRows, thresholdOf } from '../answering/decide.ts';
import { comparePaired } from '../domain/training/compare-paired.ts';
import type { Metrics } from '../domain/metrics/metrics.ts';
import { scoreRows } from '../domain/metrics/score-rows.ts';
import { classesOf } from '../domain/spec/signature.ts';
import type { MetricName, ModelSpec } from '../domain/spec/spec.ts';
import type { Served } from './yardsticks.ts';

/** Metrics of one way of serving, each row scored before its label was seen. Rows without a label are left out. */
export function prequential(spec: ModelSpec, labels: Float64Array, served: Served): Metrics {
  const kept = labelled(spec, labels, served);
  const metrics = scoreRows({
    task: spec.target.task,
    classes: classesOf(spec.target),
    labels: kept.labels,
    scores: kept.scores,
    threshold: null,
  });
  const accuracy = accuracyOf(spec, kept);
  return accuracy === null ? metrics : { ...metrics, accuracy };
}

export interface PairedTest {
  readonly metric: MetricName;
  /** Loop minus the other, positive is better. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly rows: number;
  readonly confidence: number;
}

const alpha = 0.025;

/**
 * Paired block bootstrap of every metric on the same rows (AUROC by DeLong); thresholds differ by row, so accuracy is
 * compared as 0/1 scores.
 */
export function pairedTests(spec: ModelSpec, labels: Float64Array, loop: Served, other: Served): readonly PairedTest[] {
  const mine = labelled(spec, labels, loop);
  const theirs = labelled(spec, labels, other);
  const names: readonly MetricName[] =
    spec.target.task === 'regression'
      ? ['rmse', 'mae']
      : spec.target.task === 'binary'
        ? ['accuracy', 'auroc', 'logLoss']
        : ['accuracy', 'logLoss'];
  return names.flatMap((metric) => {
    const compared = comparePaired(
      {
        task: spec.target.task,
        classes: classesOf(spec.target),
        labels: mine.labels,
        champion: metric === 'accuracy' ? oneHot(spec, theirs) : theirs.scores,
        challenger: metric === 'accuracy' ? oneHot(spec, mine) : mine.scores,
        championThreshold: thresholdOf(spec.target, null),
        challengerThreshold: thresholdOf(spec.target, null),
      },
      metric,
      alpha,
      'prequential',
    );
    return compared === null
      ? []
      : [
          {
            metric,
            estimate: compared.estimate,
            lower: compared.lower,
            upper: compared.upper,
            rows: compared.rows,
            confidence: 1 - alpha,
          },
        ];
  });
}

interface Kept {
  readonly labels: Float64Array;
  readonly scores: Float64Array;
  readonly thresholds: Float64Array;
}

function labelled(spec: ModelSpec, labels: Float64Array, served: Served): Kept {
  const width = Math.max(1, classesOf(spec.target).length);
  const rows: number[] = [];
  labels.forEach((label, row) => {
    if (!Number.isNaN(label)) rows.push(row);
  });
  return {
    labels: Float64Array.from(rows, (row) => labels[row] ?? 0),
    scores: Float64Array.from(
      { length: rows.length * width },
      (_, i) => served.scores[(rows[Math.floor(i / width)] ?? 0) * width + (i % width)] ?? Number.NaN,
    ),
    thresholds: Float64Array.from(rows, (row) => served.thresholds[row] ?? Number.NaN),
  };
}

function decisionsOf(spec: ModelSpec, { scores, thresholds }: Kept): Uint32Array {
  const ownThreshold = (row: number): number | null => {
    const own = thresholds[row] ?? Number.NaN;
    return Number.isNaN(own) ? null : own;
  };
  return decideRows({ task: spec.target.task, classes: classesOf(spec.target) }, ownThreshold, scores);
}

function accuracyOf(spec: ModelSpec, kept: Kept): number | null {
  if (spec.target.task === 'regression' || kept.labels.length === 0) return null;
  const decisions = decisionsOf(spec, kept);
  return kept.labels.reduce((hits, label, row) => hits + (decisions[row] === label ? 1 : 0), 0) / kept.labels.length;
}

function oneHot(spec: ModelSpec, kept: Kept): Float64Array {
  const width = classesOf(spec.target).length;
  const out = new Float64Array(kept.labels.length * width);
  decisionsOf(spec, kept).forEach((decided, row) => (out[row * width + decided] = 1));
  return out;
}
