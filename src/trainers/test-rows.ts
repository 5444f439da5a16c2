import type { TestScores } from '../data/snapshot/read-test-scores.ts';
import type { ScoredRows } from '../domain/metrics/scored-rows.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { quantileIn } from '../domain/spec/trainer-spec.ts';
import { classesOf } from '../domain/tasks/task-of.ts';

/** The test rows as one model scored them. */
export function testRows(
  spec: Pick<ModelSpec, 'target' | 'trainer'>,
  { labels, gains }: TestScores,
  scores: readonly (readonly number[])[],
  threshold: number | null,
): ScoredRows {
  return {
    task: spec.target.task,
    classes: classesOf(spec.target),
    labels,
    scores: scores.flat(),
    threshold,
    quantile: quantileIn(spec.trainer),
    gains: gains === null ? null : { yes: Float64Array.from(gains.yes), no: Float64Array.from(gains.no) },
  };
}
