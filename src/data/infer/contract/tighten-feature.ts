import { missingTokens } from '../../../domain/cells/missing-words.ts';
import { isText, kindOf, valuesOf as declaredValuesOf } from '../../../domain/features/kind-of.ts';
import type { FeatureSpec } from '../../../domain/spec/spec.ts';
import { sayMany } from '../../../domain/words/say.ts';
import { listNames } from '../../../domain/words/nearest-name.ts';
import { baseOf, cellText } from '../../read/read-lossless.ts';
import type { ColumnScan } from '../columns/column-scan.ts';
import type { LookedAt } from './looked-at.ts';

/** More values than these are a set that is still growing. */
const valuesMax = 20;
/** So often each of them is there on average: a set that was seen to be closed. */
const rowsPerValue = 50;

/** A feature, and what of it was assumed. */
export interface Tightened {
  readonly feature: FeatureSpec;
  readonly isNeverBelow0: boolean;
  readonly isClosed: boolean;
  /** Rows without a value. */
  readonly missingRows: number;
}

/** A feature with what all rows keep: a value in each, no number below 0, a closed set. */
export async function tightened(look: LookedAt, feature: FeatureSpec): Promise<Tightened> {
  const scan = look.scans.find(({ name }) => name === feature.name);
  if (scan === undefined) throw new TypeError(`column ${feature.name} was not looked at`);
  const values = isText(feature) ? await closedSet(look, scan) : null;
  const isNeverBelow0 = kindOf(feature.kind).isQuantity && scan.min !== null && scan.min >= 0;
  const filled = isText(feature) ? scan.present : scan.filled;
  return {
    feature: {
      ...feature,
      ...(values === null ? {} : { values }),
      ...(isNeverBelow0 ? { min: 0 } : {}),
      missing: filled === look.rows ? 'refuse' : 'allow',
    },
    isNeverBelow0,
    isClosed: values !== null,
    missingRows: look.rows - filled,
  };
}

/** What was assumed of features, one sentence for those of which the same was. */
export function sayAssumed(features: readonly Tightened[]): readonly string[] {
  const named = (isSo: (one: Tightened) => boolean) => features.filter(isSo).map(({ feature }) => feature.name);
  const bounded = named(({ isNeverBelow0 }) => isNeverBelow0);
  const full = named(({ missingRows }) => missingRows === 0);
  return [
    ...(bounded.length === 0 ? [] : [`Never below 0, which is assumed as a bound: ${listNames(bounded)}.`]),
    ...(full.length === 0 ? [] : [`A value in every row, which is assumed to stay so: ${listNames(full)}.`]),
    ...features.flatMap(({ feature, isClosed, missingRows }) => [
      ...(isClosed
        ? [`${feature.name} has no other value than ${listNames(declaredValuesOf(feature) ?? [])}: a closed set.`]
        : []),
      ...(missingRows === 0
        ? []
        : [`${feature.name} has no value in ${sayMany(missingRows, 'row')}: it may be missing.`]),
    ]),
  ];
}

/**
 * The values of a column, when they are few and each is frequent. A word for "no value" is one of them, as it is in an
 * open set: beside words it may be Namibia, and whoever means missing takes it off the list.
 */
async function closedSet(look: LookedAt, scan: ColumnScan): Promise<readonly string[] | null> {
  if (scan.distinct > valuesMax || scan.present < rowsPerValue * scan.distinct) return null;
  const values = await textsOf(look, scan.name, valuesMax + 1);
  return values.length === 0 || values.length > valuesMax ? null : values;
}

/** The texts of a column, at most `limit`, in order. */
async function textsOf({ duck, table }: LookedAt, name: string, limit: number): Promise<readonly string[]> {
  const rows = await duck.rows(`SELECT DISTINCT text FROM (
      SELECT ${cellText(table, name, 'category')} AS text FROM ${baseOf(table)})
    WHERE text IS NOT NULL ORDER BY text LIMIT ${Math.floor(limit)}`);
  return rows.map(({ text }) => String(text));
}

/** The same without words for "no value", which a closed set that does not list them reads as missing. */
export async function valuesOf(look: LookedAt, name: string, limit: number): Promise<readonly string[]> {
  const tokens: readonly string[] = missingTokens;
  const texts = await textsOf(look, name, limit + tokens.length);
  return texts.filter((text) => !tokens.includes(text)).slice(0, limit);
}
