import { describeExtent } from '../words/extent.ts';
import { sayMany, sayShare } from '../words/say.ts';
import type { ViewUse } from './view-use.ts';
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
    ...(view.keepMs === undefined
      ? []
      : [`A row ends ${describeExtent({ ms: view.keepMs })} after it was known: no training looks further back.`]),
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

/** How the values of a view stood that were served, and what came of computing them anew, for people. */
export function sayStanding(standing: {
  readonly fresh: number;
  readonly stale: number;
  readonly missing: number;
  readonly late: number;
  readonly equal: number;
  readonly different: number;
  readonly notComparable: number;
}): string {
  const { fresh, stale, missing, late, equal, different, notComparable } = standing;
  const rows = fresh + stale + missing;
  const share = (count: number): string => sayShare(rows === 0 ? 0 : count / rows);
  const served =
    rows === 0
      ? 'no row within a week'
      : `${sayMany(rows, 'row')} within a week: ${share(fresh)} fresh, ${share(stale)} stale, ` +
        `${share(missing)} missing` +
        (late === 0 ? '' : ` (${share(late)} not answered in time)`);
  const checked = equal + different;
  const skew = checked === 0 ? 'none computed anew yet' : `${different} of ${checked} computed anew differ`;
  return `${served}; ${skew}${notComparable === 0 ? '' : `, ${notComparable} could not be compared`}`;
}

/** How the values of a view stood for one prediction, for people. */
export function sayUse({
  status,
  ageMs,
  given,
  isLate,
}: Pick<ViewUse, 'status' | 'ageMs' | 'given' | 'isLate'>): string {
  const age = ageMs === null ? '' : `, ${describeExtent({ ms: Math.max(0, Math.round(ageMs)) })} old`;
  const late = isLate === true ? ', the store did not answer in time' : '';
  return `${status}${age}${late}${given === 0 ? '' : `; ${sayMany(given, 'feature')} came with the request`}`;
}
