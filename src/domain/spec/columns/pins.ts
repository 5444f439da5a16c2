import type { FeatureSpec } from '../parts/feature-spec.ts';
import type { ViewPin } from '../parts/view-pin.ts';
import type { ModelSpec } from '../spec.ts';

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

/** The views of a definition, each once, by signature order of their first feature, with the pinned revision. */
export function viewsOf(spec: Pick<ModelSpec, 'features'>): readonly Pick<ViewPin, 'view' | 'digest'>[] {
  const found = new Map<string, Pick<ViewPin, 'view' | 'digest'>>();
  for (const { from } of pinnedOf(spec))
    if (!found.has(from.view)) found.set(from.view, { view: from.view, digest: from.digest });
  return [...found.values()];
}

/** The definition with the revision of each view that `digestOf` names; what it does not know stays as it is. */
export function withPins<Spec extends Pick<ModelSpec, 'features'>>(
  spec: Spec,
  digestOf: (view: string) => string | undefined,
): Spec {
  const features = spec.features.map((feature) => {
    if (!isPinned(feature)) return feature;
    const { from } = feature;
    return { ...feature, from: { ...from, digest: digestOf(from.view) ?? from.digest } };
  });
  return { ...spec, features };
}
