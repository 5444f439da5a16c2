import { isText } from '../../domain/features/kind-of.ts';
import { usedBy } from '../../domain/view/rows-of-view.ts';
import {
  isWindowed,
  latestOf,
  windowedOf,
  type LatestFeature,
  type ViewFeatureSpec,
  type ViewSpec,
} from '../../domain/view/view-spec.ts';
import type { WindowPlan } from '../windows/tiles.ts';

/** A view as its online store looks at it; made once per revision. */
export interface OnlinePlan {
  readonly view: ViewSpec;
  /** Features of the latest row. */
  readonly latest: readonly LatestPlan[];
  readonly numberCount: number;
  readonly textCount: number;
  /** Null in a view without windows. */
  readonly windows: WindowPlan | null;
  /** Where each feature of a window stands among the features of the view. */
  readonly windowPlaces: readonly number[];
  /** Where a feature stands among the features of the view, by its name. */
  readonly placeOf: ReadonlyMap<string, number>;
  /** Columns of the source that its rows bring, each once. */
  readonly used: readonly string[];
}

interface LatestPlan {
  readonly feature: LatestFeature;
  readonly isText: boolean;
  /** Among the numbers, or the texts, of an entity. */
  readonly place: number;
  /** Among the features of the view. */
  readonly at: number;
}

/** The plan of a revision. */
export function planView(view: ViewSpec): OnlinePlan {
  const counts = { numbers: 0, texts: 0 };
  const placeOf = new Map(view.features.map(({ name }, at) => [name, at]));
  const latest = latestOf(view).map((feature) => {
    const isTextual = isText(feature);
    const place = isTextual ? counts.texts++ : counts.numbers++;
    return { feature, isText: isTextual, place, at: placeOf.get(feature.name) ?? 0 };
  });
  const windowed = windowedOf(view);
  return {
    view,
    latest,
    numberCount: counts.numbers,
    textCount: counts.texts,
    windows: windowed.length === 0 ? null : { features: windowed, hasRowId: view.rowId !== null },
    windowPlaces: windowed.map(({ name }) => placeOf.get(name) ?? 0),
    placeOf,
    used: [...new Set(view.features.flatMap(columnsOf))],
  };
}

function columnsOf(feature: ViewFeatureSpec): readonly string[] {
  return isWindowed(feature) ? usedBy(feature) : [feature.name];
}
