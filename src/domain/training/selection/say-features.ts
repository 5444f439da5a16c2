import { listNames } from '../../words/nearest-name.ts';
import { sayMany, sayNumber } from '../../words/say.ts';
import { featuresThat, type FeatureSelection } from './feature-selection.ts';

/** What became of the features, one fact a sentence. */
export function sayFeatures(selection: FeatureSelection): readonly string[] {
  const { skipped, features, tries } = selection;
  if (skipped !== undefined) return [`No feature was selected: ${skipped}.`];
  const dropped = featuresThat('dropped', selection);
  const needed = featuresThat('needed', selection);
  const declared = featuresThat('declared', selection);
  const taken = tries.filter(({ isTaken }) => isTaken).at(-1);
  return [
    taken === undefined || dropped.length === 0
      ? `The model reads all of ${sayMany(features.length, 'feature')}.`
      : `The model does not read ${sayMany(dropped.length, 'feature')} of ${features.length}, which no evidence ` +
        `says that it needs: ${listNames(dropped)}. Retrained without them its mean loss ` +
        `over ${taken.folds} folds of time is ${sayNumber(-taken.difference)} lower ` +
        `(standard error ${sayNumber(taken.standardError)}).`,
    ...(needed.length === 0 ? [] : [`It was worse without, or would have had nothing to read: ${listNames(needed)}.`]),
    ...(declared.length === 0 ? [] : [`Kept because the definition says so: ${listNames(declared)}.`]),
  ];
}
