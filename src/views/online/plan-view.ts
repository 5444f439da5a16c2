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
  /** Features of the latest row, each with its place among the numbers or the texts of an entity. */
  readonly latest: readonly { readonly feature: LatestFeature; readonly isText: boolean; readonly place: number }[];
  readonly numberCount: number;
  readonly textCount: number;
  /** Null in a view without windows. */
  readonly windows: WindowPlan | null;
  /** Columns of the source that its rows bring, each once. */
  readonly used: readonly string[];
}

/** The plan of a revision. */
export function planView(view: ViewSpec): OnlinePlan {
  const counts = { numbers: 0, texts: 0 };
  const latest = latestOf(view).map((feature) => {
    const isTextual = isText(feature);
    return { feature, isText: isTextual, place: isTextual ? counts.texts++ : counts.numbers++ };
  });
  const windowed = windowedOf(view);
  return {
    view,
    latest,
    numberCount: counts.numbers,
    textCount: counts.texts,
    windows: windowed.length === 0 ? null : { features: windowed, hasRowId: view.rowId !== null },
    used: [...new Set(view.features.flatMap(columnsOf))],
  };
}

function columnsOf(feature: ViewFeatureSpec): readonly string[] {
  return isWindowed(feature) ? usedBy(feature) : [feature.name];
}
