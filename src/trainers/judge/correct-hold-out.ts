import { isAmount } from '../../domain/cells/cell-role.ts';
import { widthOf } from '../../answering/decide.ts';
import { covariateOf, covariatesOf } from '../../domain/rollout/covariates.ts';
import { fitCorrection } from '../../domain/rollout/fit-correction.ts';
import { holdOutCorrection, type LabelledScores } from '../../domain/rollout/recalibrate.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { FirstCorrection } from '../../domain/training/first-correction.ts';
import { numbersIn, type FeatureColumns } from '../../onnx/run/columns.ts';

interface HeldOut {
  readonly spec: ModelSpec;
  readonly signature: Signature;
  /** Of the test rows. */
  readonly columns: FeatureColumns;
  readonly labels: Float64Array;
  /** Of the candidate, row-major. */
  readonly scores: Float64Array;
  /** Largest first. */
  readonly importance: readonly { readonly feature: string }[];
}

/**
 * What the test rows say of a candidate: the correction that it begins with, where that is proven to gain on them, and
 * what later fits go on from. Its refit has seen these rows; that it errs like the candidate whose configuration it is,
 * nobody has proven, which is why the first labels of its own decide anew. Null where answers are not corrected, or a
 * fit of the task cannot go on from another.
 */
export function correctHoldOut({
  spec,
  signature,
  columns,
  labels,
  scores,
  importance,
}: HeldOut): FirstCorrection | null {
  const plan = spec.watch.correction ?? null;
  const { task } = spec.target;
  if (plan === null || labels.length < plan.labelledRowsMin) return null;
  const standards = taskOf(task).correction.hasCovariates
    ? importance
        .flatMap(({ feature }) => {
          const column = columns.byName.get(feature);
          const isRaw = signature.columns.some(({ name, kind }) => name === feature && isAmount[kind]);
          if (!isRaw || column === undefined || 'texts' in column) return [];
          return covariateOf(feature, column.numbers) ?? [];
        })
        .slice(0, plan.featuresMax ?? 0)
    : [];
  const width = widthOf(signature);
  const rows: LabelledScores = {
    task,
    labels: [...labels],
    raw: Array.from(labels, (_, row) => Array.from(scores.subarray(row * width, (row + 1) * width))),
    ...(standards.length === 0
      ? {}
      : { standards, covariates: covariatesOf(standards, labels.length, (name) => numbersIn(columns, name)) }),
  };
  const holdOut = holdOutCorrection(rows, plan.halfLifeRows);
  if (holdOut === null) return null;
  const { correction, gain, text } = fitCorrection(rows, null, plan, { isFirst: true });
  return { correction, gain, text, holdOut };
}
