import { createRandom } from '../../../statistics/numeric/random.ts';
import { studentTSf } from '../../../statistics/distributions/beta.ts';
import type { DerivedSpec } from '../../../domain/spec/spec.ts';
import type { ProposalTry } from '../../../domain/training/selection/feature-selection.ts';
import type { Parts } from '../../prepare/folder.ts';
import { withProposals } from '../../prepare/with-proposals.ts';
import { selectModel, type FitContext, type Selected } from '../select-model.ts';
import { compareFolds, fitFolds } from './compare-folds.ts';
import { permutationImportance } from './permutation-importance.ts';
import type { FittedFold, TimeFold } from './time-folds.ts';

/** Of all that are proposed: those that are retrained with. */
const triesMax = 4;
/** How often anything is kept of which nothing helps, at most, over all that are proposed (Bonferroni). */
const errorRate = 0.05;

export interface Tried {
  readonly selected: Selected;
  readonly kept: readonly DerivedSpec[];
  readonly tries: readonly ProposalTry[];
}

/**
 * Ranks proposals in one fit that reads them all, and retrains with each of the four most important ones in turn. One
 * is kept where the mean loss is proven to fall over all folds together, at 0.05 divided by the number of proposals,
 * and falls on the validation rows; the next is tried beside it. At most 20 fits.
 */
export async function tryProposals(
  context: FitContext,
  usual: Selected,
  parts: Parts,
  folds: readonly TimeFold[],
  proposals: readonly DerivedSpec[],
): Promise<Tried> {
  const { training, validation } = parts;
  const fitWith = async (added: readonly DerivedSpec[], name: string) => {
    const grown = { ...context, ...(await withProposals(context, added)) };
    return { grown, selected: await selectModel(grown, training, validation, [usual.way], `features-${name}-`) };
  };
  const all = await fitWith(proposals, 'all-proposals');
  const random = createRandom(context.settings.seed).fork('proposals');
  const importances = permutationImportance(all.grown, all.selected.model, validation, random);
  const importanceOf = ({ name }: DerivedSpec): number => importances.get(name)?.mean ?? 0;
  const shortlist = proposals
    .filter((one) => importanceOf(one) > 0)
    .toSorted((left, right) => importanceOf(right) - importanceOf(left))
    .slice(0, triesMax);
  const tries: ProposalTry[] = [];
  let kept: readonly DerivedSpec[] = [];
  let best: { readonly grown: FitContext; readonly selected: Selected } = { grown: context, selected: usual };
  let known: readonly FittedFold[] = shortlist.length === 0 ? [] : await fitFolds(context, usual, folds, 'usual-');
  for (const [at, proposal] of shortlist.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- the next one is tried beside what was kept
    const tried = await fitWith([...kept, proposal], `proposal-${at + 1}`);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const fitted = await fitFolds(tried.grown, tried.selected, folds, `proposal-${at + 1}-`);
    const { all: rise, newest } = compareFolds([best.grown, known], [tried.grown, fitted]);
    const gain = -rise.mean;
    const pValue = rise.standardError > 0 ? studentTSf(gain / rise.standardError, rise.df) : 1;
    const isKept = pValue <= errorRate / proposals.length && newest.mean < 0;
    tries.push({ ...proposal, gain, standardError: rise.standardError, pValue, isKept });
    if (isKept) [kept, best, known] = [[...kept, proposal], tried, fitted];
  }
  return { selected: best.selected, kept, tries };
}
