import { defaultSplit } from '../../domain/spec/default-spec.ts';
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
