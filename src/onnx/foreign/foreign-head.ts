import type { TaskName } from '../../domain/spec/spec.ts';
import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';

/** How raw scores become the canonical outputs. */
export interface ForeignHead {
  readonly task: TaskName;
  /** Labels in the file's column order; two for binary, also where the file gives one column. */
  readonly fileClasses: readonly string[];
  /** In the order of the wrapped file: `[negative, positive]` for binary. */
  readonly classes: readonly string[];
  readonly form: 'probabilities' | 'logits';
  /** Columns that the file gives. */
  readonly width: number;
}

export type Said = NonNullable<ForeignSignature['output']> & {
  /** The classes that there are, in an order that holds where the file names none of its own. */
  readonly expected?: readonly string[];
};
