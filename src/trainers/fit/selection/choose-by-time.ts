import type { ModelSpec } from '../../../domain/spec/spec.ts';
import type { Parts } from '../../prepare/folder.ts';
import { selectByTime, type ChosenByTime } from '../select-by-time.ts';
import type { FitContext } from '../select-model.ts';
import { selectFeatures } from './select-features.ts';

/** `selectByTime`, and where the definition asks for it, which features the chosen fit reads. */
export async function chooseByTime(
  context: FitContext,
  split: Parts,
  labelDelay: ModelSpec['target']['labelDelay'],
): Promise<ChosenByTime> {
  const chosen = await selectByTime(context, split, labelDelay);
  const { settings } = context;
  const declared = 'featureSelection' in settings ? settings.featureSelection : undefined;
  if (declared === undefined) return chosen;
  const { selected, found } = await selectFeatures(context, chosen, labelDelay, declared);
  return { ...chosen, selected, selection: { ...chosen.selection, features: found } };
}
