import { metricRow, metricsOf } from '../../metrics/metrics.ts';
import type { MetricName } from '../../metrics/registry.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import type { ModelSpec } from '../spec.ts';
import { objectiveIn } from '../trainer-spec.ts';

/** A metric that the task does not have, or that needs what is not declared, can never be judged. */
export function checkMetric(path: string, metric: MetricName, spec: ModelSpec): SpecProblem[] {
  const possible = metricsOf(spec.target.task);
  if (!possible.includes(metric))
    return [
      {
        path,
        message: `${metric} does not exist for a ${spec.target.task} target`,
        fix: `Use one of: ${possible.join(', ')}.`,
      },
    ];
  return [
    ...problemIf(
      metricRow(metric).needsValue && spec.value === null,
      path,
      `${metric} is judged but no \`value\` is declared`,
      'Declare what each outcome is worth, or judge by another metric.',
    ),
    ...problemIf(
      metricRow(metric).needsQuantile === true && objectiveIn(spec.trainer) !== 'quantile',
      path,
      `${metric} is judged but the trainer answers no quantile`,
      "Use gbdt({ objective: 'quantile', quantile: 0.9 }), or judge by another metric.",
    ),
  ];
}
