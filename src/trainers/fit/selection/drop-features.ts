import type { DropTry } from '../../../domain/training/selection/feature-selection.ts';
import type { FittedModel } from '../../interface.ts';
import type { Parts } from '../../prepare/folder.ts';
import { lossesOn } from '../losses-on.ts';
import { meanOverBlocks } from '../proven-gain.ts';
import { selectModel, type FitContext, type Selected } from '../select-model.ts';
import { fitLike, overFolds, type FittedFold, type TimeFold } from './time-folds.ts';

/** Sets of candidates that are tried without. */
export const triesMax = 4;

export interface Dropped {
  readonly selected: Selected;
  readonly dropped: readonly string[];
  readonly tries: readonly DropTry[];
}

/**
 * Retrains without candidates, in the same way, and keeps the largest set of the least important ones without which the
 * mean loss is no higher than with them: on the validation rows, and on all folds together. First without all of them;
 * where that is worse, by halves. `candidates`: the least important one first. `folds`: the validation rows last.
 */
export async function dropFeatures(
  context: FitContext,
  usual: Selected,
  parts: Parts,
  folds: readonly FittedFold[],
  candidates: readonly string[],
): Promise<Dropped> {
  const usualLosses = folds.map(({ model, asked }) => lossesOn(context, model, asked));
  const tries: DropTry[] = [];
  let best = usual;
  let taken = 0;
  let refused = candidates.length + 1;
  let without = candidates.length;
  while (without > taken && tries.length < triesMax) {
    const way = { ...usual.way, withheld: [...usual.way.withheld, ...candidates.slice(0, without)] };
    // oxlint-disable-next-line no-await-in-loop -- the next one depends on it
    const retrained = await selectModel(context, parts.training, parts.validation, [way], `features-${without}-less-`);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const compared = await compareFolds(context, retrained, folds, usualLosses, without);
    tries.push({ without, ...compared });
    if (compared.isTaken) [best, taken] = [retrained, without];
    else refused = without;
    without = Math.floor((taken + refused) / 2);
  }
  return { selected: best, dropped: candidates.slice(0, taken), tries };
}

/** Rows of the validation first: where they say no, nothing else is asked. */
async function compareFolds(
  context: FitContext,
  retrained: Selected,
  folds: readonly FittedFold[],
  usualLosses: readonly Float64Array[],
  without: number,
): Promise<Omit<DropTry, 'without'>> {
  const compareOn = (model: FittedModel, { asked }: TimeFold, at: number) => {
    const usualOf = usualLosses[at] ?? new Float64Array(0);
    const losses = lossesOn(context, model, asked);
    const mean = meanOverBlocks(losses.map((loss, row) => loss - (usualOf[row] ?? 0)));
    return { rows: losses.length, ...(mean ?? { mean: 0, standardError: 0, df: 0 }) };
  };
  const compared: ReturnType<typeof compareOn>[] = [];
  for (const [at, fold] of [...folds.entries()].toReversed()) {
    const isNewest = at === folds.length - 1;
    const named = { name: `${without}-less-${fold.name}`, training: fold.training };
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    const model = isNewest ? retrained.model : await fitLike(context, retrained, named);
    compared.push(compareOn(model, fold, at));
    if (isNewest && (compared[0]?.mean ?? 0) > 0) break;
  }
  const { mean: difference, standardError } = overFolds(compared);
  return {
    difference,
    standardError,
    folds: compared.length,
    isTaken: difference <= 0 && compared.length === folds.length,
  };
}
