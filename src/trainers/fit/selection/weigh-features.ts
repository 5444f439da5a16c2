import { createRandom, type Random } from '../../../statistics/numeric/random.ts';
import type { MeanEstimate } from '../../../statistics/samples/paired.ts';
import type { FitContext, Selected } from '../select-model.ts';
import { permutationImportance } from './permutation-importance.ts';
import { shuffleBlocks } from './shuffle-blocks.ts';
import { fitLike, overFolds, type FittedFold } from './time-folds.ts';

/** Fits on shuffled targets. A feature without any merit exceeds all of them in one of six trainings. */
export const nulls = 5;
/** Of the folds: in so many must a feature help that a fit leans on. */
const foldsHelpedShareMin = 0.75;

/**
 * In standard errors. A feature that helps and goes costs more than many that stay and do not: with two, weak ones that
 * the target rests on are candidates too.
 */
const errorsMin = 1;

/** What is known of one feature before anything is retrained without it. */
export interface Weighed {
  readonly feature: string;
  readonly share: number;
  readonly nullShareMax: number;
  readonly importance: number;
  readonly standardError: number;
  readonly foldsHelped: number;
  /**
   * Its permutation importance over all folds together is a standard error above 0; or the fit leans on it more than
   * any fit on shuffled targets does, and it helped in three of four folds.
   */
  readonly isHelpful: boolean;
}

/**
 * Weighs each feature that the fit reads: by permutation importance in every fold, and by its share of the importance
 * beside that in fits on shuffled targets (null importance: Altmann et al., "Permutation importance", Bioinformatics 26
 * (2010)). Five fits.
 */
export async function weighFeatures(
  context: FitContext,
  selected: Selected,
  folds: readonly FittedFold[],
): Promise<readonly Weighed[]> {
  const random = createRandom(context.settings.seed).fork('features');
  const nullShares = await sharesByChance(context, selected, random);
  const byFold = folds.map(({ name, model, asked }) => ({
    rows: asked.to - asked.from,
    importances: permutationImportance(context, model, asked, random.fork(name)),
  }));
  const { withheld } = selected.way;
  return selected.model.importance
    .filter(({ feature }) => !withheld.includes(feature))
    .map(({ feature, gain: share }) => {
      const each = byFold.map(({ rows, importances }) => ({ rows, ...(importances.get(feature) ?? none) }));
      const { mean: importance, standardError } = overFolds(each);
      const foldsHelped = each.filter(({ mean }) => mean > 0).length;
      const nullShareMax = nullShares.get(feature) ?? 0;
      const isLeantOn = share > nullShareMax && foldsHelped >= foldsHelpedShareMin * folds.length;
      const isHelpful = isLeantOn || importance > errorsMin * standardError;
      return { feature, share, nullShareMax, importance, standardError, foldsHelped, isHelpful };
    });
}

const none: MeanEstimate = { mean: 0, standardError: 0, df: 0 };

/** The largest share of each feature in fits on targets that know nothing of it. */
async function sharesByChance(
  context: FitContext,
  selected: Selected,
  random: Random,
): Promise<ReadonlyMap<string, number>> {
  const largest = new Map<string, number>();
  for (let round = 1; round <= nulls; round++) {
    const labels = shuffleBlocks(context.table.labels, selected.fittedOn, random.fork(`null/${round}`));
    const shuffled = { ...context, table: { ...context.table, labels } };
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    const model = await fitLike(shuffled, selected, { name: `null-${round}`, training: selected.fittedOn });
    for (const { feature, gain } of model.importance) largest.set(feature, Math.max(largest.get(feature) ?? 0, gain));
  }
  return largest;
}
