import { defaultLabelDelay } from '../../domain/spec/default-spec.ts';
import type { BinaryTarget, MulticlassTarget, RegressionTarget } from '../../domain/spec/spec.ts';
import { extent, type ExtentInput } from './extent-text.ts';
import { written } from './written.ts';

export interface BinaryDeclaration<Label extends string = string> extends BinaryTarget {
  readonly positive: Label;
  readonly negative: Label;
}
export interface MulticlassDeclaration<Label extends string = string> extends MulticlassTarget {
  readonly classes: readonly Label[];
}
export type TargetDeclaration = BinaryDeclaration | MulticlassDeclaration | RegressionTarget;

interface LabelOptions {
  /** How late a label typically arrives; 500 rows unless told. */
  readonly labelDelay?: ExtentInput;
}

/** Two outcomes, in the words of the business; `positive` is the one that the probability speaks of. */
export function binary<const Positive extends string, const Negative extends string>(
  column: string,
  options: LabelOptions & { readonly positive: Positive; readonly negative: Negative },
): BinaryDeclaration<Positive | Negative> {
  return { ...written(options, 'binary'), task: 'binary', column, labelDelay: delayOf(options) };
}

/** One of several classes. */
export function multiclass<const Label extends string>(
  column: string,
  options: LabelOptions & { readonly classes: readonly [Label, Label, ...Label[]] },
): MulticlassDeclaration<Label> {
  return { ...written(options, 'multiclass'), task: 'multiclass', column, labelDelay: delayOf(options) };
}

/** A number. */
export function regression(column: string, options: LabelOptions = {}): RegressionTarget {
  return { ...written(options, 'regression'), task: 'regression', column, labelDelay: delayOf(options) };
}

function delayOf(options: LabelOptions) {
  return options.labelDelay === undefined ? defaultLabelDelay : extent(options.labelDelay, 'target.labelDelay');
}
