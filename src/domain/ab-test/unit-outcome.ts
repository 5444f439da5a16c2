import { gainsOf, type Gains } from '../metrics/gains.ts';
import { metricRows } from '../metrics/metric-of.ts';
import { findMetric } from '../metrics/metrics.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { ModelSpec } from '../spec/spec.ts';
import { quantileIn } from '../spec/trainer-spec.ts';
import { classesOf, taskOf } from '../tasks/task-of.ts';

/** A labelled row that stands for its unit. */
export interface UnitRow {
  readonly label: string;
  readonly scores: readonly number[];
  readonly decision: string | null;
  /** What the control says of it: its own scores where it is the control's row; null where it said nothing. */
  readonly controlScores: readonly number[] | null;
}

export interface UnitOutcome {
  /** Null where the row has none: a label that is no label. */
  readonly outcome: number | null;
  readonly covariate: number | null;
}

/**
 * What each row brought in the metric, and what the control expected of it. `column` gives the values of a number
 * column of the rows, for amounts of the value declaration.
 */
export function unitOutcomes(
  spec: Pick<ModelSpec, 'target' | 'value' | 'trainer'>,
  metric: string,
  rows: readonly UnitRow[],
  column: (name: string) => ArrayLike<number>,
): readonly UnitOutcome[] {
  const task = taskOf(spec.target.task);
  const classes = classesOf(spec.target);
  const labels = rows.map(({ label }) => task.labels.numberOf(label, classes));
  const outcomes = outcomesOf(spec, metric, { rows, labels: labels.map((label) => label ?? Number.NaN), column });
  const expected = metric === 'value' ? expectedGains(spec, rows, column) : rows.map(scoreOf);
  return rows.map((_, row) => {
    const outcome = outcomes[row] ?? Number.NaN;
    return {
      outcome: labels[row] === null || !Number.isFinite(outcome) ? null : outcome,
      covariate: expected[row] ?? null,
    };
  });
}

interface Labelled {
  readonly rows: readonly UnitRow[];
  readonly labels: readonly number[];
  readonly column: (name: string) => ArrayLike<number>;
}

function outcomesOf(
  { target, value, trainer }: Pick<ModelSpec, 'target' | 'value' | 'trainer'>,
  metric: string,
  { rows, labels, column }: Labelled,
): ArrayLike<number> {
  // Only what came true counts: of two classes the positive one is number 1, a value is itself.
  if (findMetric(metric) === null) return labels;
  const classes = classesOf(target);
  const found = metricRows(metric as MetricName, {
    task: target.task,
    classes,
    labels,
    scores: rows.flatMap(({ scores }) => scores),
    threshold: null,
    ...(classes.length === 0 ? {} : { decisions: rows.map(({ decision }) => classes.indexOf(decision ?? '')) }),
    gains: value === null ? null : gainsOf(value, labels, column),
    quantile: quantileIn(trainer),
  });
  return found ?? [];
}

/** P(positive), the largest probability of several classes, or the value. */
function scoreOf({ controlScores }: UnitRow): number | null {
  if (controlScores === null || controlScores.length === 0) return null;
  if (controlScores.length === 2) return controlScores[1] ?? null;
  return controlScores.length === 1 ? (controlScores[0] ?? null) : Math.max(...controlScores);
}

/** What the better of both decisions is worth, by the probability that the control gives. */
function expectedGains(
  { value }: Pick<ModelSpec, 'value'>,
  rows: readonly UnitRow[],
  column: (name: string) => ArrayLike<number>,
): readonly (number | null)[] {
  if (value === null) return rows.map(() => null);
  const [ifPositive, ifNegative] = [1, 0].map((label) =>
    gainsOf(
      value,
      rows.map(() => label),
      column,
    ),
  );
  return rows.map((row, at) => {
    const positive = scoreOf(row);
    if (positive === null || ifPositive === undefined || ifNegative === undefined) return null;
    const of = (side: keyof Gains): number =>
      positive * (ifPositive[side][at] ?? Number.NaN) + (1 - positive) * (ifNegative[side][at] ?? Number.NaN);
    return Math.max(of('yes'), of('no'));
  });
}
