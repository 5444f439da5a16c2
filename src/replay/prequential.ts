import { decideRows } from '../answering/decide.ts';
import { comparePaired } from '../domain/training/compare-paired.ts';
import type { Metrics } from '../domain/metrics/metrics.ts';
import type { MetricName } from '../domain/metrics/registry.ts';
import { scoreRows } from '../domain/metrics/score-rows.ts';
import { usualMetrics } from '../domain/metrics/usual-metrics.ts';
import { classesOf, scoreCountOf } from '../domain/tasks/task-of.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import type { Served } from './yardsticks.ts';

/** Metrics of one way of serving, each row scored before its label was seen. Rows without a label are left out. */
export function prequential(spec: ModelSpec, labels: Float64Array, served: Served): Metrics {
  const kept = labelled(spec, labels, served);
  return scoreRows({
    task: spec.target.task,
    classes: classesOf(spec.target),
    labels: kept.labels,
    scores: kept.scores,
    threshold: null,
    decisions: decisionsOf(spec, kept),
  });
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
/** How long rows of a stream are alike is not known: neighbours for a while, the answers of one version for longer. */
const blocksRows = [500, 2_000];
/** Of fewer blocks an interval is too narrow. */
const blocksMin = 20;

/**
 * Paired comparison of what a short report shows, on the same rows. Thresholds differ by row, so both sides come with
 * the decisions that they gave. Blocks of several lengths are drawn, as far as there are enough of them, and the bounds
 * are the widest of all; the ranking of AUROC is compared by DeLong, which takes rows as independent.
 */
export function pairedTests(spec: ModelSpec, labels: Float64Array, loop: Served, other: Served): readonly PairedTest[] {
  const mine = labelled(spec, labels, loop);
  const theirs = labelled(spec, labels, other);
  const rows = mine.labels.length;
  const sides = {
    task: spec.target.task,
    classes: classesOf(spec.target),
    labels: mine.labels,
    champion: theirs.scores,
    challenger: mine.scores,
    championThreshold: null,
    challengerThreshold: null,
    championDecisions: decisionsOf(spec, theirs),
    challengerDecisions: decisionsOf(spec, mine),
  };
  return usualMetrics[spec.target.task].shown.flatMap((metric) => {
    const compared = [undefined, ...blocksRows.filter((length) => rows >= blocksMin * length)].flatMap(
      (blockRows) => comparePaired(sides, metric, alpha, 'prequential', blockRows) ?? [],
    );
    const [first] = compared;
    if (first === undefined) return [];
    const lower = Math.min(...compared.map((one) => one.lower));
    const upper = Math.max(...compared.map((one) => one.upper));
    return [{ metric, estimate: first.estimate, lower, upper, rows, confidence: 1 - alpha }];
  });
}

interface Kept {
  readonly labels: Float64Array;
  readonly scores: Float64Array;
  readonly thresholds: Float64Array;
}

function labelled(spec: ModelSpec, labels: Float64Array, served: Served): Kept {
  const width = scoreCountOf(spec.target);
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
