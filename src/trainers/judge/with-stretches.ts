import { kindOf } from '../../domain/features/kind-of.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { WatchSpec } from '../../domain/spec/spec.ts';
import { cellCount, cellOf, type ReferenceProfile } from '../../domain/training/profile.ts';
import {
  cellSigns,
  placeStretches,
  stretchFeaturesMax,
  writeCells,
} from '../../domain/training/reference-stretches.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';

/**
 * The profile with rows of its reference as they stood together, where `watch.multivariate` is declared and the
 * reference has enough of them: at most 15,000 rows of 40 features as cells, 600 kB.
 */
export function withStretches(
  profile: ReferenceProfile,
  { multivariate = null }: Pick<WatchSpec, 'multivariate'>,
  signature: Signature,
  columns: FeatureColumns,
  { from, to }: RowRange,
): ReferenceProfile {
  const placed = multivariate === null ? null : placeStretches(to - from);
  if (placed === null) return profile;
  const features = signature.columns
    .filter(({ kind }) => kindOf(kind).canDrift)
    .flatMap(({ name }) => {
      const column = columns.byName.get(name);
      const feature = profile.features.find((one) => one.name === name);
      if (column === undefined || feature === undefined || cellCount(feature) > cellSigns.length) return [];
      const valueAt = (row: number) =>
        'texts' in column ? (column.texts[row] ?? null) : (column.numbers[row] ?? null);
      return [{ name, cells: writeCells(placed, (row) => cellOf(feature, valueAt(from + row))) }];
    })
    .slice(0, stretchFeaturesMax);
  return { ...profile, stretches: { stretches: placed.starts.length, stretchRows: placed.stretchRows, features } };
}
