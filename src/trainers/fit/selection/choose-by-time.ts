import type { DerivedSpec, ModelSpec } from '../../../domain/spec/spec.ts';
import type { Parts } from '../../prepare/folder.ts';
import { selectByTime, type ChosenByTime } from '../select-by-time.ts';
import type { FitContext } from '../select-model.ts';
import { selectFeatures } from './select-features.ts';

export interface ChosenWithFeatures extends ChosenByTime {
  /** Features that the fit computes beside those of the definition. */
  readonly proposals: readonly DerivedSpec[];
}

/** `selectByTime`, and where the definition asks for it, which features the chosen fit reads. */
export async function chooseByTime(
  context: FitContext,
  split: Parts,
  labelDelay: ModelSpec['target']['labelDelay'],
): Promise<ChosenWithFeatures> {
  const chosen = await selectByTime(context, split, labelDelay);
  const { settings } = context;
  const declared = 'featureSelection' in settings ? settings.featureSelection : undefined;
  if (declared === undefined) return { ...chosen, proposals: [] };
  const { selected, proposals, found } = await selectFeatures(context, chosen, labelDelay, declared);
  return { ...chosen, selected, proposals, selection: { ...chosen.selection, features: found } };
}
