import { isText } from '../features/kind-of.ts';
import { classesOf } from '../tasks/task-of.ts';
import type { FeatureKind, ModelSpec, TaskName } from './spec.ts';

/**
 * How one row travels: a cell per feature, in the order of the spec. A number, boolean (1/0) or time (epoch ms) is a
 * float64, NaN when missing; a category is text, null when missing. Missing is never a value.
 */
export interface EncodedRow {
  /** One per feature that is not a category, in signature order. */
  readonly numbers: Float64Array;
  /** One per category feature, in signature order. */
  readonly texts: readonly (string | null)[];
}

export interface SignatureColumn {
  readonly name: string;
  readonly kind: FeatureKind;
  /** Index into `numbers` or `texts`. */
  readonly index: number;
}

/** What the ONNX file takes and gives; named raw inputs, one per feature, each `[rows, 1]`. */
export interface Signature {
  readonly columns: readonly SignatureColumn[];
  readonly numberCount: number;
  readonly textCount: number;
  readonly task: TaskName;
  /** Class labels in the order of the scores; empty for a task without classes. */
  readonly classes: readonly string[];
}

export function signatureOf(spec: Pick<ModelSpec, 'features' | 'target'>): Signature {
  const columns: SignatureColumn[] = [];
  let numberCount = 0;
  let textCount = 0;
  for (const feature of spec.features) {
    const index = isText(feature) ? textCount++ : numberCount++;
    columns.push({ name: feature.name, kind: feature.kind, index });
  }
  return { columns, numberCount, textCount, task: spec.target.task, classes: classesOf(spec.target) };
}
