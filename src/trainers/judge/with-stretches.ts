import type { Signature } from '../../domain/spec/signature.ts';
import type { WatchSpec } from '../../domain/spec/spec.ts';
import type { ReferenceProfile } from '../../domain/training/profile.ts';
import { placeStretches, stretchFeaturesMax, writeCells } from '../../domain/training/reference-stretches.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';
import { signedFeatures } from './signed-cells.ts';

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
  const features = signedFeatures(profile, signature, columns)
    .slice(0, stretchFeaturesMax)
    .map(({ name, cellAt }) => ({ name, cells: writeCells(placed, (row) => cellAt(from + row)) }));
  return { ...profile, stretches: { stretches: placed.starts.length, stretchRows: placed.stretchRows, features } };
}
