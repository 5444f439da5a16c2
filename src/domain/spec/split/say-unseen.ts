import type { SplitSpec } from '../spec.ts';

/** How rows of a test were kept from what answered for them; behind "on 200 test rows, ". */
export function sayUnseen({ blocks, group }: SplitSpec): string {
  if (blocks !== undefined) return `each answered for by a model of the rows outside its block, one of ${blocks.folds}`;
  return group === undefined ? 'younger than all that it learnt from' : 'of groups that it has not seen';
}
