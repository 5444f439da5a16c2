import { taskOf } from '../../domain/tasks/task-of.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { fitExpectedLosses } from '../../domain/training/expected-loss.ts';
import type { ReferenceProfile } from '../../domain/training/profile.ts';
import { absoluteErrorRows } from '../../statistics/samples/losses.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import { profileCells } from './profile-cells.ts';

/** Rows that are looked at, evenly spread: more would say the same. */
const rowsMax = 20_000;

/**
 * The profile with what errors of values go with, by rows that the model was not fitted on. Classes need none: their
 * probabilities say what is expected.
 */
export function withLosses(
  profile: ReferenceProfile,
  { task }: Pick<Signature, 'task'>,
  columns: FeatureColumns,
  answered: { readonly scores: Float64Array; readonly labels: Float64Array },
): ReferenceProfile {
  if (taskOf(task).hasClasses) return profile;
  const step = Math.max(1, Math.ceil(columns.rows / rowsMax));
  const rows = Array.from({ length: Math.ceil(columns.rows / step) }, (_, at) => at * step);
  const errors = absoluteErrorRows(answered.scores, answered.labels);
  const cells = profileCells(profile, columns, answered.scores, rows);
  const losses = fitExpectedLosses(
    cells,
    Float64Array.from(rows, (row) => errors[row] ?? Number.NaN),
  );
  return losses === null ? profile : { ...profile, losses };
}
