import { sayExpression } from '../../features/expressions/say-expression.ts';
import { listNames } from '../../words/nearest-name.ts';
import { sayMany, sayNumber } from '../../words/say.ts';
import { featuresThat, type FeatureSelection, type Proposals } from './feature-selection.ts';

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
    ...(selection.proposals === undefined ? [] : sayProposals(selection.proposals)),
    ...(declared.length === 0 ? [] : [`Kept because the definition says so: ${listNames(declared)}.`]),
  ];
}

function sayProposals({ proposed, tries }: Proposals): readonly string[] {
  const kept = tries.filter(({ isKept }) => isKept);
  if (kept.length === 0)
    return [`Of ${sayMany(proposed, 'computed feature')} ${tries.length} were tried, and none was proven to help.`];
  return kept.map(
    ({ name, expression, gain, standardError }) =>
      `It computes ${name === sayExpression(expression) ? name : `${name} = ${sayExpression(expression)}`}: the mean ` +
      `loss falls by ${sayNumber(gain)} (standard error ${sayNumber(standardError)}).`,
  );
}
