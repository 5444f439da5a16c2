import type { FeatureSpec } from '../parts/feature-spec.ts';
import type { ViewPin } from '../parts/view-pin.ts';
import type { ModelSpec, ReferencesRule } from '../spec.ts';
import { isAboutView } from './rule-subject.ts';

/** A feature that is one of a view. */
export type PinnedFeature = FeatureSpec & { readonly from: ViewPin };

export function isPinned(feature: FeatureSpec): feature is PinnedFeature {
  return feature.from !== undefined;
}

/** The features that come from views, in signature order. */
export function pinnedOf({ features }: Pick<ModelSpec, 'features'>): readonly PinnedFeature[] {
  return features.filter(isPinned);
}

/** The definition as far as its source has to hold it: without the features that come from views. */
export function ownRowsOf<Spec extends Pick<ModelSpec, 'features'>>(spec: Spec): Spec {
  return { ...spec, features: spec.features.filter((feature) => !isPinned(feature)) };
}

/** The rules of a definition that ask a view. */
export function referencesOf({ contract }: Pick<ModelSpec, 'contract'>): readonly ReferencesRule[] {
  return contract.rules.filter(isAboutView);
}

/**
 * The views of a definition, each once, with the pinned revision: those that features come from, by signature order of
 * their first one, then those that rules ask.
 */
export function viewsOf(spec: Pick<ModelSpec, 'features' | 'contract'>): readonly Pick<ViewPin, 'view' | 'digest'>[] {
  const found = new Map<string, Pick<ViewPin, 'view' | 'digest'>>();
  for (const { view, digest } of [...pinnedOf(spec).map(({ from }) => from), ...referencesOf(spec)])
    if (!found.has(view)) found.set(view, { view, digest });
  return [...found.values()];
}

/** The definition with the revision of each view that `digestOf` names; what it does not know stays as it is. */
export function withPins<Spec extends Pick<ModelSpec, 'features' | 'contract'>>(
  spec: Spec,
  digestOf: (view: string) => string | undefined,
): Spec {
  const features = spec.features.map((feature) => {
    if (!isPinned(feature)) return feature;
    const { from } = feature;
    return { ...feature, from: { ...from, digest: digestOf(from.view) ?? from.digest } };
  });
  const rules = spec.contract.rules.map((rule) =>
    isAboutView(rule) ? { ...rule, digest: digestOf(rule.view) ?? rule.digest } : rule,
  );
  return { ...spec, features, contract: { ...spec.contract, rules } };
}
