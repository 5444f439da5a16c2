import type { ModelSpec, TargetSpec } from '../spec.ts';

/**
 * What is declared of the rows of a dataset, whoever owns it: which columns they have, how cells are typed and which
 * rows are accepted. A model is one; a feature view makes one of its own (src/domain/view/rows-of-view.ts), which has
 * no target.
 */
export interface RowsSpec extends Pick<
  ModelSpec,
  'name' | 'entity' | 'eventTime' | 'features' | 'contract' | 'repairs'
> {
  readonly target: TargetSpec | null;
}
