import { kindOf } from '../../domain/features/kind-of.ts';
import { watchedOf, type Signature } from '../../domain/spec/signature.ts';
import { cellCount, cellOf, type ReferenceProfile } from '../../domain/training/profile.ts';
import { cellSigns } from '../../domain/training/reference-stretches.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';

/** A feature whose cells are written as one sign each. */
export interface SignedFeature {
  readonly name: string;
  /** Its cell in a row. */
  readonly cellAt: (row: number) => number;
}

/** The features that can drift and have few enough cells for signs, in the order of the signature. */
export function signedFeatures(
  profile: ReferenceProfile,
  signature: Signature,
  columns: FeatureColumns,
): readonly SignedFeature[] {
  return watchedOf(signature)
    .filter(({ kind }) => kindOf(kind).canDrift)
    .flatMap(({ name }) => {
      const column = columns.byName.get(name);
      const feature = profile.features.find((one) => one.name === name);
      if (column === undefined || feature === undefined || cellCount(feature) > cellSigns.length) return [];
      const valueAt = (row: number) =>
        'texts' in column ? (column.texts[row] ?? null) : (column.numbers[row] ?? null);
      return [{ name, cellAt: (row: number) => cellOf(feature, valueAt(row)) }];
    });
}
