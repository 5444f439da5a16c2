import type { Expression } from '../features/expressions/expression.ts';
import { kindOfExpression } from '../features/expressions/kind-of-expression.ts';
import { isText } from '../features/kind-of.ts';
import { classesOf } from '../tasks/task-of.ts';
import type { InputUse } from './closed-sets.ts';
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
  readonly use?: InputUse;
}

export interface DerivedColumn {
  readonly name: string;
  readonly kind: FeatureKind;
  readonly expression: Expression;
  /** Found by a feature selection, and not declared: the file of the version says so itself. */
  readonly isProposed?: true;
}

/** What the ONNX file takes and gives; named raw inputs, one per feature, each `[rows, 1]`. */
export interface Signature {
  readonly columns: readonly SignatureColumn[];
  /** What the graph computes from them; absent for nothing. */
  readonly derived?: readonly DerivedColumn[];
  readonly numberCount: number;
  readonly textCount: number;
  readonly task: TaskName;
  /** Class labels in the order of the scores; empty for a task without classes. */
  readonly classes: readonly string[];
}

export function signatureOf(spec: Pick<ModelSpec, 'features' | 'derived' | 'target'>): Signature {
  const columns: SignatureColumn[] = [];
  let numberCount = 0;
  let textCount = 0;
  for (const feature of spec.features) {
    const index = isText(feature) ? textCount++ : numberCount++;
    const { name, kind, use } = feature;
    columns.push({ name, kind, index, ...(use === undefined ? {} : { use }) });
  }
  return {
    columns,
    ...(spec.derived === undefined ? {} : { derived: derivedColumns(spec.derived, columns) }),
    numberCount,
    textCount,
    task: spec.target.task,
    classes: classesOf(spec.target),
  };
}

/** What the model sees, by name: the inputs that are features, then the derived ones. */
export function featuresOf({
  columns,
  derived = [],
}: Pick<Signature, 'columns' | 'derived'>): readonly Pick<SignatureColumn, 'name' | 'kind'>[] {
  return [...columns.filter(({ use }) => use === undefined), ...derived];
}

/** What is watched, by name: every input, then the derived features. */
export function watchedOf({
  columns,
  derived = [],
}: Pick<Signature, 'columns' | 'derived'>): readonly Pick<SignatureColumn, 'name' | 'kind'>[] {
  return [...columns, ...derived];
}

/** Expressions of a spec that was checked have a kind. */
function derivedColumns(
  derived: NonNullable<ModelSpec['derived']>,
  columns: readonly SignatureColumn[],
): readonly DerivedColumn[] {
  const inputs = new Map(columns.map(({ name, kind }) => [name, kind]));
  return derived.map(({ name, expression }) => {
    const found = kindOfExpression(expression, inputs);
    if ('kind' in found) return { name, kind: found.kind, expression };
    throw new RangeError(`derived feature ${name} ${found.message}`);
  });
}
