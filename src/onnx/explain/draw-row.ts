import { isText } from '../../domain/features/kind-of.ts';
import type { EncodedRow, Signature, SignatureColumn } from '../../domain/spec/signature.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import type {
  BinnedProfile,
  CategoryProfile,
  FeatureProfile,
  ReferenceProfile,
} from '../../domain/training/profile.ts';
import type { Random } from '../../statistics/numeric/random.ts';

/** Draws the cells of a row, each by itself; `own` is the row that is explained. */
export type DrawRow = (random: Random, own: EncodedRow) => EncodedRow;

/**
 * Rows as the reference profile of a version has them, feature by feature: what goes together in the rows that it was
 * made of is not kept. A cell of numbers stands for its upper edge, the last one for its lower edge; a feature of which
 * the profile says nothing keeps the value of the row itself, and so has no part.
 */
export function drawRowsOf(profile: ReferenceProfile, signature: Signature): DrawRow {
  const byName = new Map(profile.features.map((feature) => [feature.name, feature]));
  const drawn = signature.columns.map((column) => ({ column, profile: byName.get(column.name) ?? null }));
  return (random, own) => {
    const numbers = Float64Array.from(own.numbers);
    const texts = [...own.texts];
    for (const { column, profile: feature } of drawn) {
      const cell = feature === null ? 0 : cellDrawn(feature, random);
      if (isText(column)) texts[column.index] = textOf(feature, cell, own.texts[column.index] ?? null);
      else numbers[column.index] = numberOf(column, feature, cell, own.numbers[column.index] ?? Number.NaN);
    }
    return { numbers, texts };
  };
}

/** By how many rows lie in each cell; the last one is missing. */
function cellDrawn(feature: FeatureProfile, random: Random): number {
  const counts = countsOf(feature);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let left = random.next() * total;
  for (const [cell, count] of counts.entries()) {
    left -= count;
    if (left < 0) return cell;
  }
  return 0;
}

/** What rare words are, a profile does not say: they are left out. */
function countsOf(feature: FeatureProfile): readonly number[] {
  return [...feature.counts, feature.missing];
}

function isMissing(feature: BinnedProfile | CategoryProfile, cell: number): boolean {
  return cell === feature.counts.length;
}

function textOf(feature: FeatureProfile | null, cell: number, own: string | null): string | null {
  if (feature === null || !('values' in feature)) return own;
  return isMissing(feature, cell) ? null : (feature.values[cell] ?? own);
}

function numberOf({ kind }: SignatureColumn, feature: FeatureProfile | null, cell: number, own: number): number {
  if (feature === null || !('edges' in feature)) return own;
  if (isMissing(feature, cell)) return Number.NaN;
  const { edges } = feature;
  return standsFor[kind](edges[cell], edges.at(-1)) ?? own;
}

type StandsFor = (edge: number | undefined, last: number | undefined) => number | undefined;

/** What stands for the values of a cell up to its edge; the cell above the last one has none. */
const atEdge: StandsFor = (edge, last) => edge ?? last;
const standsFor: Record<FeatureKind, StandsFor> = {
  number: atEdge,
  category: () => undefined,
  boolean: (edge) => (edge === undefined || edge >= 1 ? 1 : 0),
  time: atEdge,
};
