import type { MeasuredAnswer } from '../../src/db/traffic/read/stretch.ts';
import { estimateQuality } from '../../src/domain/metrics/estimate-quality.ts';
import { amountColumns, gainsOf, type Gains } from '../../src/domain/metrics/gains.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { quantileIn } from '../../src/domain/spec/trainer-spec.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import type { GivenAnswers } from '../../src/domain/watch/window-quality.ts';

/** Stored answers as the measures read them: columns of labels, scores, decisions and gains. */
export function givenOf(spec: ModelSpec, rows: readonly MeasuredAnswer[]): GivenAnswers {
  const { task } = spec.target;
  const classes = classesOf(spec.target);
  const labels = Float64Array.from(rows, (row) => taskOf(task).labels.numberOf(row.label, classes) ?? Number.NaN);
  return {
    task,
    classes,
    labels,
    scores: Float64Array.from(rows.flatMap((row) => row.scores)),
    decisions: Uint32Array.from(rows, (row) => Math.max(0, classes.indexOf(row.decision ?? ''))),
    gains: gainsWhen(spec, labels, rows),
    quantile: quantileIn(spec.trainer),
  };
}

/** How good they are expected to be, from their scores alone. */
export function estimatedOf(spec: ModelSpec, rows: readonly MeasuredAnswer[]): Readonly<Record<string, number>> {
  const classes = classesOf(spec.target);
  const ifPositive = gainsWhen(spec, new Float64Array(rows.length).fill(1), rows);
  const ifNegative = gainsWhen(spec, new Float64Array(rows.length), rows);
  return estimateQuality({
    classCount: classes.length,
    scores: rows.flatMap((row) => row.scores),
    decisions: rows.map((row) => Math.max(0, classes.indexOf(row.decision ?? ''))),
    gains: ifPositive === null || ifNegative === null ? null : { ifPositive, ifNegative },
  });
}

function gainsWhen(spec: ModelSpec, labels: Float64Array, rows: readonly MeasuredAnswer[]): Gains | null {
  if (spec.value === null || !taskOf(spec.target.task).hasPositive) return null;
  const names = amountColumns(spec.value);
  return gainsOf(spec.value, labels, (name) => rows.map((row) => row.amounts[names.indexOf(name)] ?? Number.NaN));
}
