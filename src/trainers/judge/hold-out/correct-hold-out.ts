import { isAmount } from '../../../domain/cells/cell-role.ts';
import { widthOf } from '../../../answering/decide.ts';
import { withOpinion } from './linear-opinion.ts';
import { covariateOf, covariatesOf, type Covariate } from '../../../domain/rollout/covariates.ts';
import { fitCorrection } from '../../../domain/rollout/fit-correction.ts';
import { holdOutCorrection, type LabelledScores } from '../../../domain/rollout/recalibrate.ts';
import type { CorrectionSpec, ModelSpec } from '../../../domain/spec/spec.ts';
import type { Signature } from '../../../domain/spec/signature.ts';
import { taskOf } from '../../../domain/tasks/task-of.ts';
import type { FirstCorrection } from '../../../domain/training/first-correction.ts';
import { numbersIn, sliceColumns, type FeatureColumns } from '../../../onnx/run/columns.ts';

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
  /** What the candidate has learnt from; absent or empty: no linear model is fitted beside it. */
  readonly learnt?: { readonly columns: FeatureColumns; readonly labels: Float64Array };
}

/**
 * What the test rows say of a candidate: the correction that it begins with, where that is proven to gain on them, and
 * what later fits go on from. Its refit has seen these rows; that it errs like the candidate whose configuration it is,
 * nobody has proven, which is why the first labels of its own decide anew. Null where answers are not corrected, or a
 * fit of the task cannot go on from another.
 */
export function correctHoldOut(held: HeldOut): FirstCorrection | null {
  const plan = held.spec.watch.correction ?? null;
  if (plan === null || held.labels.length < plan.labelledRowsMin) return null;
  const rows = labelledScores(held, plan);
  const holdOut = holdOutCorrection(rows, plan.halfLifeRows);
  if (holdOut === null) return null;
  const { correction, gain, text } = fitCorrection(rows, null, plan, { isFirst: true });
  return { correction, gain, text, holdOut };
}

/** The youngest test rows, as many as later fits read: a hold-out of millions costs no more. */
function labelledScores(held: HeldOut, { rowsMax, featuresMax = 0 }: CorrectionSpec): LabelledScores {
  const { spec, signature, labels, scores } = held;
  const { task } = spec.target;
  const from = Math.max(0, labels.length - rowsMax);
  const columns = sliceColumns(held.columns, from, labels.length);
  const standards = taskOf(task).correction.hasCovariates
    ? withOpinion(standardsOf(held, columns, featuresMax), task, held.learnt)
    : [];
  const width = widthOf(signature);
  const young = labels.subarray(from);
  return {
    task,
    labels: [...young],
    raw: Array.from(young, (_, row) => Array.from(scores.subarray((from + row) * width, (from + row + 1) * width))),
    ...(standards.length === 0
      ? {}
      : { standards, covariates: covariatesOf(standards, young.length, (name) => numbersIn(columns, name)) }),
  };
}

/** Number features that differ from row to row, the most important first. */
function standardsOf(
  { signature, importance }: HeldOut,
  columns: FeatureColumns,
  featuresMax: number,
): readonly Covariate[] {
  const raw = new Set(signature.columns.filter(({ kind }) => isAmount[kind]).map(({ name }) => name));
  return importance
    .filter(({ feature }) => raw.has(feature))
    .flatMap(({ feature }) => covariateOf(feature, numbersIn(columns, feature)) ?? [])
    .slice(0, featuresMax);
}
