import { defaultBlockRowsMax, defaultSplit } from '../../domain/spec/default-spec.ts';
import type { SplitSpec } from '../../domain/spec/spec.ts';

interface GroupOptions extends Partial<Omit<SplitSpec, 'group'>> {
  /** Another seed deals the groups anew (default 1). */
  readonly seed?: number;
}

/**
 * Deals whole groups to training, validation and test: `split: group('customer')`. No customer is in two parts, and one
 * keeps its part in later trainings. Nothing is refitted on the test, or the next candidate would be held against a
 * champion that knows its customers.
 */
export function group(column: string, { seed = 1, ...shares }: GroupOptions = {}): SplitSpec {
  return { ...defaultSplit, ...shares, group: { column, seed } };
}

interface BlockOptions extends Pick<Partial<SplitSpec>, 'validationShare' | 'validationRowsMax'> {
  /** Blocks of time, each judged by a model of the others: 3 to 10 (default 5). */
  readonly folds?: number;
  /** So many of the youngest rows are judged (default 50,000, at most 100,000); older ones are learnt from. */
  readonly rowsMax?: number;
}

/**
 * Judges all rows in place of the youngest ones: `split: blocks({ folds: 5 })`. Rows in the order of time are cut into
 * blocks; each is judged by a model that was fitted without it and without the rows of the label delay on either side.
 * What is released is fitted on all rows, with the median of the trees of the folds. A training fits one model more for
 * each fold.
 */
export function blocks({ folds = 5, rowsMax = defaultBlockRowsMax, ...shares }: BlockOptions = {}): SplitSpec {
  return { ...defaultSplit, ...shares, testRowsMax: rowsMax, blocks: { folds } };
}
