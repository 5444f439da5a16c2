import { priorTrainer } from '../families/prior/prior.ts';
import type { FittedModel, RowRange } from '../interface.ts';
import type { Parts } from '../prepare/folder.ts';
import { explainedShare } from './proven-gain.ts';
import { lossOf, stageOf, type FitContext, type Selected, type Way } from './select-model.ts';

/** Of what a fit explains of its own rows. Where nothing changes it keeps more; one that overfits costs two fits. */
const keptShareMin = 0.5;
/** Rows that are asked for that, the oldest: the cost does not grow with the history. */
const explainedRowsMax = 100_000;

/**
 * Boosting begins at its prior, and keeps no tree that is not better on the validation rows. Others are held against
 * class shares, or the mean, of the same rows by the same weights, and of all rows alike.
 */
export async function beatsPrior(
  context: FitContext,
  { model, way, fittedOn }: Selected,
  parts: Parts,
): Promise<boolean> {
  if (model.family === 'gbdt') return model.trees > 0;
  for (const each of [way, { ...way, halfLife: null }]) {
    // oxlint-disable-next-line no-await-in-loop -- two means
    const prior = await priorOf(context, fittedOn, parts, each);
    if (!(lossOf(model) < lossOf(prior))) return false;
  }
  return true;
}

/**
 * Whether a fit explains less than half as much of the validation rows as of the rows that it was fitted on, in shares
 * of the loss of the prior: what it has learnt may have ceased to hold.
 */
export async function hasLostMuch(
  context: FitContext,
  { model, way, fittedOn }: Selected,
  parts: Parts,
): Promise<boolean> {
  const prior = await priorOf(context, fittedOn, parts, way);
  const learnt = { from: fittedOn.from, to: Math.min(fittedOn.to, fittedOn.from + explainedRowsMax) };
  const [before, after] = [learnt, parts.validation].map((rows) => explainedShare(context, model, prior, rows));
  return (after ?? 0) < keptShareMin * (before ?? 0);
}

/** What answers as the prior does: trees that are none, or else the prior itself. */
export async function asPrior(context: FitContext, selected: Selected, parts: Parts): Promise<Selected> {
  if (selected.model.family === 'gbdt') return selected;
  const way = { ...selected.way, halfLife: null };
  return { ...selected, way, model: await priorOf(context, selected.fittedOn, parts, way) };
}

/** What somebody says who knows these rows by their labels alone; it reports nothing, as nobody waits for it. */
export async function priorOf(
  context: FitContext,
  fittedOn: RowRange,
  { validation }: Parts,
  way: Way,
): Promise<FittedModel> {
  const stage = stageOf(context, 'prior', fittedOn, validation, null, way);
  const { settings } = context;
  return priorTrainer.fit({ ...stage, settings, checkpoint: null, onProgress: async () => undefined });
}
