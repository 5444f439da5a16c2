import { covariatesOf, type Covariate } from '../../../domain/rollout/covariates.ts';
import { taskOf } from '../../../domain/tasks/task-of.ts';
import type { TaskName } from '../../../domain/spec/spec.ts';
import { numbersIn, sliceColumns, type FeatureColumns } from '../../../onnx/run/columns.ts';

/** More rows make a linear model of so few numbers hardly better, and only the fit longer. */
const rowsMax = 20_000;

/**
 * The same features with what a ridge logistic regression of the training rows says of each: a second opinion, which
 * the test rows have had no part in. It is fitted as a correction of answers that say nothing, so its ridge is that of
 * covariates.
 */
export function withOpinion(
  standards: readonly Covariate[],
  task: TaskName,
  learnt: { readonly columns: FeatureColumns; readonly labels: Float64Array } | undefined,
): readonly Covariate[] {
  const { correction } = taskOf(task);
  if (learnt === undefined || learnt.labels.length === 0 || standards.length === 0) return standards;
  const count = learnt.labels.length;
  const from = Math.max(0, count - rowsMax);
  const columns = sliceColumns(learnt.columns, from, count);
  const labels = [...learnt.labels.subarray(from)];
  const { weights = [] } = correction.fit(
    {
      labels,
      raw: labels.map(() => [0.5, 0.5]),
      covariates: covariatesOf(standards, labels.length, (name) => numbersIn(columns, name)),
    },
    new Float64Array(labels.length).fill(1),
  );
  return standards.map((standard, k) => ({ ...standard, opinion: weights[k] ?? 0 }));
}
