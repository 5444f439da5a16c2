import type { DerivedSpec, ModelSpec } from '../../../domain/spec/spec.ts';
import type { FeatureSelectionSpec } from '../../../domain/spec/trainer/feature-selection-spec.ts';
import type { FeatureFinding, FeatureSelection } from '../../../domain/training/selection/feature-selection.ts';
import { featuresOf } from '../../../domain/spec/signature.ts';
import type { RowRange } from '../../interface.ts';
import type { Parts } from '../../prepare/folder.ts';
import { lossesOn } from '../losses-on.ts';
import type { FitContext, Selected } from '../select-model.ts';
import { fitFolds } from './compare-folds.ts';
import { dropFeatures } from './drop-features.ts';
import { proposeFeatures } from './propose-features.ts';
import { timeFolds } from './time-folds.ts';
import { tryProposals } from './try-proposals.ts';
import { nulls, weighFeatures, type Weighed } from './weigh-features.ts';

/** Of fewer rows neither importance nor a retraining says more than luck. */
const trainingRowsMin = 200;
const validationRowsMin = 100;

interface Chosen {
  readonly selected: Selected;
  readonly parts: Parts;
}

export interface FeaturesSelected {
  readonly selected: Selected;
  /** Features that the fit computes beside those of the definition. */
  readonly proposals: readonly DerivedSpec[];
  readonly found: FeatureSelection;
}

/**
 * Leaves out features that no evidence says the chosen fit needs, each only where a retrained fit is not worse without;
 * then, where the definition says so, adds computed ones with which a retrained fit is proven better. At most 24 fits
 * more: five on shuffled targets, three in folds of time, and four retrainings in each of four folds; and 20 more for
 * proposals.
 */
export async function selectFeatures(
  context: FitContext,
  { selected, parts }: Chosen,
  labelDelay: ModelSpec['target']['labelDelay'],
  declared: FeatureSelectionSpec,
): Promise<FeaturesSelected> {
  const skipped = reasonToSkip(context, selected, parts.validation);
  if (skipped !== null)
    return { selected, proposals: [], found: { skipped, nulls: 0, folds: 0, features: [], tries: [] } };
  const newest = { name: 'validation', training: selected.fittedOn, asked: parts.validation };
  const folds = [...timeFolds(context, selected.fittedOn, labelDelay), newest];
  const fitted = await fitFolds(context, selected, folds, '');
  const weighed = await weighFeatures(context, selected, fitted);
  const kept = keptOf(context, declared);
  const outcome = await dropFeatures(context, selected, parts, fitted, candidatesOf(weighed, kept));
  const features = mostFirst(
    weighed.map(({ isHelpful, ...each }): FeatureFinding => {
      if (outcome.dropped.includes(each.feature)) return { ...each, outcome: 'dropped' };
      if (isHelpful) return { ...each, outcome: 'helps' };
      return { ...each, outcome: kept.includes(each.feature) ? 'declared' : 'needed' };
    }),
  );
  const found = { nulls, folds: folds.length, features, tries: outcome.tries };
  if (declared.propose !== true) return { selected: outcome.selected, proposals: [], found };
  const ranked = features.filter((one) => one.outcome === 'helps').map(({ feature }) => feature);
  const proposals = proposeFeatures(context.signature, context.table.columns, selected.fittedOn, ranked);
  const tried = await tryProposals(context, outcome.selected, parts, folds, proposals);
  return {
    selected: tried.selected,
    proposals: tried.kept,
    found: { ...found, proposals: { proposed: proposals.length, tries: tried.tries } },
  };
}

/** A clause, or null. */
function reasonToSkip(context: FitContext, { model, way, fittedOn }: Selected, validation: RowRange): string | null {
  const read = featuresOf(context.signature).length - way.withheld.length;
  const [taught, asked] = [fittedOn, validation].map(({ from, to }) => to - from);
  if (read < 2) return 'there is only one to read';
  if (model.family === 'prior' || (model.family === 'gbdt' && model.trees === 0)) return 'the fit reads none';
  if ((taught ?? 0) < trainingRowsMin || (asked ?? 0) < validationRowsMin)
    return (
      `it takes ${trainingRowsMin} training and ${validationRowsMin} validation rows, ` +
      `and there are ${taught} and ${asked}`
    );
  const sum = lossesOn(context, model, validation).reduce((total, loss) => total + loss, 0);
  return Number.isFinite(sum) ? null : 'losses on the validation rows are too large to be compared';
}

/** What the definition asks to be read: by name, and by what it promises of a feature. */
function keptOf({ settings }: FitContext, { keep = [] }: FeatureSelectionSpec): readonly string[] {
  return [...keep, ...(settings.kind === 'gbdt' ? Object.keys(settings.monotone ?? {}) : [])];
}

/** The least important one first. One feature at least stays. */
function candidatesOf(weighed: readonly Weighed[], kept: readonly string[]): readonly string[] {
  const candidates = mostFirst(weighed.filter(({ feature, isHelpful }) => !isHelpful && !kept.includes(feature)))
    .map(({ feature }) => feature)
    .toReversed();
  return candidates.length === weighed.length ? candidates.slice(0, -1) : candidates;
}

/** The most important first; of equal ones that of more folds, then by name, so that equal rows give equal files. */
function mostFirst<Each extends Pick<Weighed, 'feature' | 'importance' | 'foldsHelped'>>(all: readonly Each[]): Each[] {
  return all.toSorted(
    (left, right) =>
      right.importance - left.importance ||
      right.foldsHelped - left.foldsHelped ||
      (left.feature < right.feature ? -1 : 1),
  );
}
