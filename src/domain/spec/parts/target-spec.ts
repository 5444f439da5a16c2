import { canonicalJson } from '../../words/canonical.ts';
import type { Extent } from '../../words/extent.ts';

export type TargetSpec = BinaryTarget | MulticlassTarget | RegressionTarget;
export type TaskName = TargetSpec['task'];
export type TargetOf<Name extends TaskName> = Extract<TargetSpec, { readonly task: Name }>;

interface TargetBase {
  readonly column: string;
  /**
   * How late a label typically arrives; the splits leave a gap of this size so that no label is used before it was
   * known.
   */
  readonly labelDelay: Extent;
}
/** Labels travel as text in the words of the business: `positive` and `negative` are those words. */
export interface BinaryTarget extends TargetBase {
  readonly task: 'binary';
  readonly positive: string;
  readonly negative: string;
}
export interface MulticlassTarget extends TargetBase {
  readonly task: 'multiclass';
  readonly classes: readonly string[];
}
export interface RegressionTarget extends TargetBase {
  readonly task: 'regression';
}

/** What is asked of a model, whenever its answers become known: the same text for the same target. */
export function questionOf({ target }: { readonly target: TargetSpec }): string {
  return canonicalJson({ ...target, labelDelay: null });
}
