import type { OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { numbersIn } from '../../onnx/run/columns.ts';
import type { TrainingTable } from '../prepare/table.ts';

/** How much each row of a table counts in a fit by these settings; null where each counts once. */
export function rowWeights(settings: OwnSpec, { columns }: TrainingTable): Float64Array | null {
  const weightColumn = 'weightColumn' in settings ? settings.weightColumn : undefined;
  return weightColumn === undefined ? null : numbersIn(columns, weightColumn);
}
