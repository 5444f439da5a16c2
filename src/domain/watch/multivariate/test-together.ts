import { tellApart, type ToldApart } from '../../../statistics/samples/tell-apart.ts';
import { cellOf, type FeatureProfile, type ReferenceProfile } from '../../training/profile.ts';
import { readCells } from '../../training/reference-stretches.ts';
import { standardColumns } from './standard-columns.ts';

/** Values of one feature in rows of a window, in the order of time; NaN and null are missing. */
export type WindowValues = ArrayLike<number | string | null>;

/** A classifier's attempt to tell the rows of a window from those of the reference. */
export interface TogetherTest extends Pick<
  ToldApart,
  'auroc' | 'expected' | 'expectedLow' | 'expectedHigh' | 'pValue'
> {
  /** Rows of the window that were looked at: its first ones. */
  readonly rows: number;
  /** What the classifier told them apart by, most first; a pair is two features whose product it used. */
  readonly features: readonly { readonly name: string; readonly share: number }[];
  readonly pairs: readonly { readonly first: string; readonly second: string; readonly share: number }[];
}

/** Of fewer rows, a classifier learns nothing that lasts. */
export const togetherRowsMin = 100;
/** At most so many rows of a window are read. */
export const togetherRowsMax = 500;
const namedMax = 5;

/**
 * The reference has `stretches`, and the window `valuesOf` the features in them (null for those that it does not have).
 * A sentence where that is not enough to be tested.
 */
export function testTogether(
  profile: ReferenceProfile,
  valuesOf: (feature: FeatureProfile) => WindowValues | null,
): TogetherTest | string {
  const { stretches } = profile;
  if (stretches === undefined) return 'the reference of this version keeps no rows (the next training keeps some)';
  const shared = stretches.features.flatMap(({ name, cells }) => {
    const feature = profile.features.find((one) => one.name === name);
    const values = feature === undefined ? null : valuesOf(feature);
    return feature === undefined || values === null ? [] : [{ feature, values, cells: readCells(cells) }];
  });
  const rows = Math.min(stretches.stretchRows, shared[0]?.values.length ?? 0);
  if (rows < togetherRowsMin) return `the window has ${rows} rows of the ${togetherRowsMin} that are needed`;
  const columns = standardColumns(shared.map(({ feature }) => feature)).map(({ feature: name, ofCell }) => {
    const found = shared.find(({ feature }) => feature.name === name);
    const current = Array.from(found?.values ?? [], (value) =>
      found === undefined ? 0 : cellOf(found.feature, value),
    );
    return {
      name,
      reference: Float64Array.from(found?.cells ?? [], (cell) => ofCell[cell] ?? 0),
      window: Float64Array.from(current, (cell) => ofCell[cell] ?? 0),
    };
  });
  if (columns.length < 2) return 'fewer than two features can be told apart by';
  const { used, ...told } = tellApart(
    { ...stretches, columns: columns.map(({ reference }) => reference) },
    columns.map(({ window }) => window),
  );
  const names = columns.map(({ name }) => name);
  return { ...told, rows, ...namesOf(names, used) };
}

/** What a pair is used for counts half for each of its features. */
function namesOf(names: readonly string[], used: ToldApart['used']): Pick<TogetherTest, 'features' | 'pairs'> {
  const shares = new Map<string, number>();
  const pairs = new Map<string, TogetherTest['pairs'][number]>();
  for (const { first, second, share } of used) {
    const one = names[first] ?? '';
    const two = second === null ? one : (names[second] ?? '');
    for (const name of [one, two]) shares.set(name, (shares.get(name) ?? 0) + share / 2);
    if (one === two) continue;
    const key = JSON.stringify([one, two]);
    pairs.set(key, { first: one, second: two, share: share + (pairs.get(key)?.share ?? 0) });
  }
  return {
    features: [...shares]
      .map(([name, share]) => ({ name, share }))
      .toSorted((a, b) => b.share - a.share)
      .slice(0, namedMax),
    pairs: [...pairs.values()].toSorted((a, b) => b.share - a.share).slice(0, namedMax),
  };
}
