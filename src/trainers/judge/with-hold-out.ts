import { watchedSlices } from '../../domain/spec/gates/declared-slices.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { holdOutFeaturesMax, holdOutRowsMax } from '../../domain/training/hold-out-rows.ts';
import type { ReferenceProfile } from '../../domain/training/profile.ts';
import { cellSigns } from '../../domain/training/reference-stretches.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';
import { signedFeatures } from './signed-cells.ts';
import { cellAt } from './slices/slice-members.ts';

/** The profile with the cells and slices of the last test rows: at most 4,000 rows of 40 features, 240 kB. */
export function withHoldOut(
  profile: ReferenceProfile,
  spec: ModelSpec,
  signature: Signature,
  columns: FeatureColumns,
  test: RowRange,
): ReferenceProfile {
  const from = Math.max(test.from, test.to - holdOutRowsMax);
  const rows = Array.from({ length: test.to - from }, (_, row) => from + row);
  const features = signedFeatures(profile, signature, columns)
    .slice(0, holdOutFeaturesMax)
    .map(({ name, cellAt: signed }) => ({ name, cells: rows.map((row) => cellSigns[signed(row)] ?? '').join('') }));
  const slices = watchedSlices(spec).map(({ key, feature, holds }) => {
    const column = columns.byName.get(feature);
    const isIn = (row: number): boolean => column !== undefined && holds(cellAt(column, row));
    return { key, members: rows.map((row) => (isIn(row) ? '1' : '0')).join('') };
  });
  return { ...profile, holdOut: { rows: rows.length, features, slices } };
}
