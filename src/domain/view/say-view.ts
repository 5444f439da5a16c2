import { describeExtent } from '../words/extent.ts';
import { isWindowed, type ViewFeatureSpec, type ViewSpec } from './view-spec.ts';

/** When rows of a view count, in short sentences for people. */
export function sayTimes(view: ViewSpec): readonly string[] {
  const { entity, eventTime, availableTime, rowId, ttlMs } = view;
  return [
    `Rows are about ${entity.join(' and ')}, of ${eventTime.column}.`,
    availableTime === null
      ? 'Known from when Perennial received them; what the source held at first, from its event time.'
      : `Known from ${availableTime.column}.`,
    ...(rowId === null ? [] : [`Rows of one ${rowId} are one event: the last that was known counts.`]),
    ttlMs === null || ttlMs === 0
      ? 'The latest row never grows stale.'
      : `Stale after ${describeExtent({ ms: ttlMs })}.`,
  ];
}

/** What a feature is made of. */
export function sayFeature(feature: ViewFeatureSpec): string {
  const otherwise = feature.onMissing == null ? '' : `; ${JSON.stringify(feature.onMissing)} without a value`;
  if (!isWindowed(feature)) return `its value in the latest row${otherwise}`;
  const { aggregate, column, over, windowMs } = feature;
  const what = column === null ? 'rows' : over === null ? column : `${column} over ${over}`;
  return `${aggregate} of ${what} in ${describeExtent({ ms: windowMs })}${otherwise}`;
}
