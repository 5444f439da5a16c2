import type { UndecidedAction } from '../closed-sets.ts';

/** Rows of one value, or of a range of a number: `from` belongs to it, `below` does not. */
export type SliceSpec =
  | { readonly name: string; readonly feature: string; readonly is: string | boolean }
  | { readonly name: string; readonly feature: string; readonly from?: number; readonly below?: number };

/** What a gate over slices does that test rows leave open: the candidate waits for more rows, or a person is asked. */
export interface OverSlices {
  /** Names of slices; a column of `slices` stands for each of its values. */
  readonly slices: readonly string[];
  readonly undecided: UndecidedAction;
}
