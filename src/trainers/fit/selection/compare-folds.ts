import type { MeanEstimate } from '../../../statistics/samples/paired.ts';
import { lossesOn } from '../losses-on.ts';
import { meanOverBlocks } from '../proven-gain.ts';
import type { FitContext, Selected } from '../select-model.ts';
import { fitLike, overFolds, type FittedFold, type TimeFold } from './time-folds.ts';

/** A fit for each fold, in the way of `selected` and with as many rounds; it is itself that of the newest one. */
export async function fitFolds(
  context: FitContext,
  selected: Selected,
  folds: readonly TimeFold[],
  prefix: string,
): Promise<readonly FittedFold[]> {
  const fitted: FittedFold[] = [];
  for (const fold of folds.slice(0, -1)) {
    const named = { ...fold, name: `${prefix}${fold.name}` };
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    fitted.push({ ...fold, model: await fitLike(context, selected, named) });
  }
  return [...fitted, ...folds.slice(-1).map((fold) => ({ ...fold, model: selected.model }))];
}

type Fits = readonly [FitContext, readonly FittedFold[]];

/** By how much the mean loss of the second fits lies above that of the first, row by row: over all, on the newest. */
export function compareFolds(
  [context, before]: Fits,
  [otherContext, after]: Fits,
): { readonly all: MeanEstimate; readonly newest: MeanEstimate } {
  const compared = before.map(({ model, asked }, at) => {
    const usual = lossesOn(context, model, asked);
    const losses = lossesOn(otherContext, after[at]?.model ?? model, asked);
    const rise = meanOverBlocks(losses.map((loss, row) => loss - (usual[row] ?? 0)));
    return { rows: losses.length, ...(rise ?? none) };
  });
  return { all: overFolds(compared), newest: compared.at(-1) ?? none };
}

const none: MeanEstimate = { mean: 0, standardError: 0, df: 0 };
