import { metricOf } from '../../src/domain/metrics/metric-of.ts';
import { directionOf, metricRow, metricsOf } from '../../src/domain/metrics/metrics.ts';
import type { MetricName } from '../../src/domain/metrics/registry.ts';
import type { ScoredRows } from '../../src/domain/metrics/scored-rows.ts';
import { usualMetrics } from '../../src/domain/metrics/usual-metrics.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { bootstrapBounds } from '../../src/statistics/samples/bootstrap.ts';
import type { Answers, LabelledAnswer } from './read-answers.ts';

/** What two loops answered to the same labelled rows, in the order of those rows. */
export interface PairedAnswers {
  readonly before: ScoredRows;
  readonly after: ScoredRows;
  readonly rows: number;
  /** Rows with other scores or another decision. */
  readonly differingRows: number;
  /** Rows that a version failed at on either side: without scores they are no pair, and are left out. */
  readonly failedRows: number;
}

export interface BlockInterval {
  readonly blockRows: number;
  readonly lower: number;
  readonly upper: number;
}

export interface PairedFigure {
  readonly metric: MetricName;
  readonly before: number;
  readonly after: number;
  /** After less before, positive is better. */
  readonly estimate: number;
  /** 95 %, two-sided, by the length of the blocks. */
  readonly intervals: readonly BlockInterval[];
  /** Better or worse only where the interval of every length says so. */
  readonly verdict: 'better' | 'worse' | 'not proven different';
}

const alpha = 0.025;

/** The labelled rows that both have answered. Refuses other rows, or labels that differ: those are no pairs. */
export function pairAnswers(before: Answers, after: Answers): PairedAnswers {
  const classes = classesOf(before.target);
  const others = classesOf(after.target);
  const isSame = before.target.task === after.target.task && classes.join('\n') === others.join('\n');
  if (!isSame) throw refusal(`${before.of} and ${after.of} predict other things: give both the same flags`);
  const earlier = new Map(before.rows.map((row) => [row.predictionId, row]));
  const pairs = after.rows.flatMap((row): (readonly [LabelledAnswer, LabelledAnswer])[] => {
    const other = earlier.get(row.predictionId);
    return other === undefined ? [] : [[other, row]];
  });
  const alone = before.rows.length + after.rows.length - 2 * pairs.length;
  if (alone > 0) throw refusal(`${alone} rows were answered on one side alone: play the same table on both to its end`);
  const otherwise = pairs.filter(([a, b]) => a.label !== b.label).length;
  if (otherwise > 0) throw refusal(`${otherwise} rows have another label on each side: play the same table on both`);
  const known = pairs.filter(([, { label }]) => label !== null);
  if (known.length === 0) throw refusal('no row has a label');
  const labelled = known.filter(([a, b]) => a.scores.length > 0 && b.scores.length > 0);
  if (labelled.length === 0) throw refusal('no row with a label was answered on both sides');
  const sideOf = (side: 0 | 1): ScoredRows =>
    scoredRows(
      after,
      classes,
      labelled.map((pair) => pair[side]),
    );
  const differingRows = labelled.filter(([a, b]) => a.decision !== b.decision || isOther(a.scores, b.scores)).length;
  const failedRows = known.length - labelled.length;
  return { before: sideOf(0), after: sideOf(1), rows: labelled.length, differingRows, failedRows };
}

/**
 * The metrics that are a mean over rows, and the loss of the task, each with an interval for every length of block (in
 * rows). A ranking such as AUROC is none: how it changes with the rows that are drawn is not asked.
 */
export function comparePairs(paired: PairedAnswers, blocks: readonly number[]): readonly PairedFigure[] {
  const { task } = paired.after;
  const metrics = metricsOf(task).filter((metric) => metricRow(metric).isPerRow || metric === usualMetrics[task].loss);
  return metrics.flatMap((metric) => {
    const [ofBefore, ofAfter] = [metricOf(metric, paired.before), metricOf(metric, paired.after)];
    const once = new Uint32Array(paired.rows).fill(1);
    const [before, after] = [ofBefore(once), ofAfter(once)];
    if (before === null || after === null) return [];
    const isHigherBetter = directionOf(metric) === 1;
    const gain = (was: number, is: number): number => (isHigherBetter ? is - was : was - is);
    const difference = (weights: Uint32Array): number | null => {
      const [a, b] = [ofBefore(weights), ofAfter(weights)];
      return a === null || b === null ? null : gain(a, b);
    };
    const intervals = blocks.flatMap((blockRows) => {
      const bounds = bootstrapBounds(paired.rows, difference, { seed: `paired ${metric}`, alpha, blockRows });
      return bounds === null ? [] : [{ blockRows, lower: bounds.lower, upper: bounds.upper }];
    });
    return [{ metric, before, after, estimate: gain(before, after), intervals, verdict: verdictOf(intervals) }];
  });
}

function verdictOf(intervals: readonly BlockInterval[]): PairedFigure['verdict'] {
  if (intervals.length === 0) return 'not proven different';
  if (intervals.every(({ lower }) => lower > 0)) return 'better';
  return intervals.every(({ upper }) => upper < 0) ? 'worse' : 'not proven different';
}

function scoredRows({ target }: Answers, classes: readonly string[], rows: readonly LabelledAnswer[]): ScoredRows {
  const { labels, hasClasses } = taskOf(target.task);
  const numberOf = (text: string | null): number => labels.numberOf(text, classes) ?? Number.NaN;
  return {
    task: target.task,
    classes,
    labels: Float64Array.from(rows, ({ label }) => numberOf(label)),
    scores: Float64Array.from(rows.flatMap(({ scores }) => scores)),
    threshold: null,
    ...(hasClasses ? { decisions: Float64Array.from(rows, ({ decision }) => numberOf(decision)) } : {}),
  };
}

function isOther(a: readonly number[], b: readonly number[]): boolean {
  return a.length !== b.length || a.some((score, at) => score !== b[at]);
}

function refusal(sentence: string): PerennialError {
  return new PerennialError('invalid_request', `${sentence}.`);
}
