import type { FeatureSpec } from '../spec/parts/feature-spec.ts';
import { readingIn } from '../spec/columns/declared-reading.ts';
import type { RowsSpec } from '../spec/columns/rows-spec.ts';
import { isWindowed, type ViewSpec, type WindowFeature } from './view-spec.ts';

/**
 * What the rows of a view must look like, for the same contract check as the rows of a model. Keys and times may not be
 * missing, cells of values may: an empty cell is a value of its own.
 */
export function rowsOfView(view: ViewSpec): RowsSpec {
  return {
    name: view.name,
    entity: null,
    eventTime: { column: view.eventTime.column },
    features: columnsOfView(view),
    target: null,
    contract: view.contract,
  };
}

/** Every column that is read of the source, once each, by its first use: keys, times, values. */
export function columnsOfView(view: ViewSpec): readonly FeatureSpec[] {
  const keys = [...view.entity, ...(view.rowId === null ? [] : [view.rowId])].map((name): FeatureSpec => ({
    name,
    kind: 'category',
    missing: 'refuse',
  }));
  const times = [view.eventTime, ...(view.availableTime === null ? [] : [view.availableTime])].map(
    (time): FeatureSpec => ({ name: time.column, kind: 'time', missing: 'refuse', ...readingIn(time) }),
  );
  const columns = new Map<string, FeatureSpec>([...keys, ...times].map((column) => [column.name, column]));
  // What a feature declares of its column goes before what an aggregate needs of it.
  for (const feature of view.features) {
    if (isWindowed(feature) || columns.has(feature.name)) continue;
    const { onMissing: _, ...declared } = feature;
    columns.set(feature.name, { ...declared, missing: 'allow' });
  }
  // A count takes any kind, so it chooses last.
  const windows = view.features.filter(isWindowed);
  const isCount = ({ aggregate }: WindowFeature) => aggregate === 'count';
  for (const feature of [...windows.filter((one) => !isCount(one)), ...windows.filter(isCount)]) {
    for (const name of usedBy(feature))
      if (!columns.has(name)) columns.set(name, { name, kind: kindRead(feature), missing: 'allow' });
  }
  return [...columns.values()];
}

/** The columns that a windowed feature looks at. */
export function usedBy({ column, over }: WindowFeature): readonly string[] {
  return [column, over].filter((name) => name !== null);
}

/** As what kind an aggregate reads its column. */
export function kindRead({ aggregate, kind }: WindowFeature): FeatureSpec['kind'] {
  if (aggregate === 'last') return kind;
  return aggregate === 'count' || aggregate === 'distinct' ? 'category' : 'number';
}
