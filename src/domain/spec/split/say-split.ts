import { sayCount } from '../../words/say.ts';
import type { SplitSpec } from '../spec.ts';

/** How rows of a test were kept from what answered for them; behind "on 200 test rows, ". */
export function sayUnseen({ blocks, group }: SplitSpec): string {
  if (blocks !== undefined) return `each answered for by a model of the rows outside its block, one of ${blocks.folds}`;
  return group === undefined ? 'younger than all that it learnt from' : 'of groups that it has not seen';
}

interface PartRows {
  readonly all: number;
  readonly training: number;
  readonly validation: number;
  readonly test: number;
  readonly folds?: number;
}

/** How many rows were for what, as a training has counted them. */
export function sayParts({ group }: SplitSpec, { all, training, validation, test, folds }: PartRows): string {
  if (folds !== undefined)
    return (
      `Of ${sayCount(all)} labelled rows in time order, the youngest ${sayCount(test)} were judged in ` +
      `${sayCount(folds)} blocks, each by a model of the rows outside it; the released model learnt from all rows.`
    );
  if (group !== undefined)
    return (
      `Of ${sayCount(all)} labelled rows, ${sayCount(training)} were for training, ${sayCount(validation)} for ` +
      `validation and ${sayCount(test)} for the test, in whole groups: none is in two of them.`
    );
  return (
    `Of ${sayCount(all)} labelled rows in time order, the oldest ${sayCount(training)} were for ` +
    `training, the next ${sayCount(validation)} for validation ` +
    `and the youngest ${sayCount(test)} for the test.`
  );
}
