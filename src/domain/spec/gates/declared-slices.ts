import { kindOf, valuesOf } from '../../features/kind-of.ts';
import type { ModelSpec, SliceSpec } from '../spec.ts';

/** A part of the rows that was declared before anybody has looked. */
export interface DeclaredSlice {
  readonly name: string;
  /** What gates call it: its own name, or the column of which it is a value. */
  readonly under: string;
  readonly feature: string;
  /** Whether a row with this value of the feature is in it; a missing value is in no slice. */
  readonly holds: (value: string | number | boolean | null) => boolean;
}

/** More slices leave each of them too few rows to prove anything. */
export const slicesPerGateMax = 20;

/** A slice of which each window counts its rows. */
export interface WatchedSlice extends DeclaredSlice {
  /** Its name and condition: another condition under the same name is another slice. */
  readonly key: string;
}

/** Slices that are counted in every window; those declared after them are not. */
export const watchedSlicesMax = 20;

type Declaring = Pick<ModelSpec, 'features' | 'slices'>;

/** Every slice over which a gate judges, each once, in the order of the gates: trainer and judge number them alike. */
export function gatedSlices(spec: Declaring & Pick<ModelSpec, 'gates'>): readonly DeclaredSlice[] {
  const found = spec.gates.flatMap((gate) => ('slices' in gate ? slicesUnder(gate.slices, spec) : []));
  return [...new Map(found.map((slice) => [JSON.stringify([slice.under, slice.name]), slice])).values()];
}

/**
 * The first slices of a definition, in their order: named parts, and the values of columns where they are declared. A
 * column whose values are not known before the rows has none.
 */
export function watchedSlices(spec: Declaring): readonly WatchedSlice[] {
  return allSlices(spec).slice(0, watchedSlicesMax);
}

/** Slices that are declared and not counted, as there are too many. */
export function unwatchedSlices(spec: Declaring): number {
  return Math.max(0, allSlices(spec).length - watchedSlicesMax);
}

function allSlices(spec: Declaring): readonly WatchedSlice[] {
  return spec.slices.flatMap((slice): readonly WatchedSlice[] => {
    if (typeof slice !== 'string') return [{ ...declaredSlice(slice), key: JSON.stringify(slice) }];
    return (slicesOfColumn(slice, spec) ?? []).map((one) => ({ ...one, key: JSON.stringify([slice, one.name]) }));
  });
}

/** The slices that these names stand for; a name that is not declared stands for none. */
export function slicesUnder(names: readonly string[], spec: Declaring): readonly DeclaredSlice[] {
  return names.flatMap((name) => {
    const named = spec.slices.find((slice) => typeof slice !== 'string' && slice.name === name);
    if (named !== undefined && typeof named !== 'string') return [declaredSlice(named)];
    return spec.slices.includes(name) ? (slicesOfColumn(name, spec) ?? []) : [];
  });
}

export function declaredSlice(slice: SliceSpec): DeclaredSlice {
  const { name, feature } = slice;
  if ('is' in slice) return { name, under: name, feature, holds: (value) => value === slice.is };
  const { from = -Infinity, below = Infinity } = slice;
  const holds: DeclaredSlice['holds'] = (value) => typeof value === 'number' && value >= from && value < below;
  return { name, under: name, feature, holds };
}

/** One slice for each value of a column; null where its values are not known before the rows are. */
export function slicesOfColumn(
  column: string,
  { features }: Pick<ModelSpec, 'features'>,
): readonly DeclaredSlice[] | null {
  const feature = features.find(({ name }) => name === column);
  if (feature === undefined) return null;
  const values = kindOf(feature.kind).constant.type === 'boolean' ? [true, false] : valuesOf(feature);
  return (
    values?.map((is) => ({ ...declaredSlice({ name: `${column} = ${is}`, feature: column, is }), under: column })) ??
    null
  );
}
