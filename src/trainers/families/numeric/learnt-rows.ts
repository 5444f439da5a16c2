import { PerennialError } from '../../../domain/words/errors.ts';
import { pickColumns } from '../../../onnx/run/columns.ts';
import type { FitRequest } from '../../interface.ts';

/**
 * The same request without those training rows that weigh nothing, so that they shape no bin, code or scale either.
 * Nothing is copied where every training row counts. Throws `invalid_data` where no row of training, or none of
 * validation, counts.
 */
export function learntRows<Settings>(request: FitRequest<Settings>): FitRequest<Settings> {
  const { weights, training, validation } = request;
  if (weights === null) return request;
  const kept: number[] = [];
  for (let row = training.from; row < training.to; row++) if ((weights[row] ?? 0) > 0) kept.push(row);
  const learnt = kept.length;
  if (learnt === 0) throw noWeight('training');
  if (validation !== null && !weights.subarray(validation.from, validation.to).some((weight) => weight > 0))
    throw noWeight('validation');
  if (learnt === training.to - training.from) return request;
  for (let row = validation?.from ?? 0; row < (validation?.to ?? 0); row++) kept.push(row);
  const taken = (values: Float64Array): Float64Array => Float64Array.from(kept, (row) => values[row] ?? Number.NaN);
  return {
    ...request,
    columns: pickColumns(request.columns, kept),
    labels: taken(request.labels),
    weights: taken(weights),
    training: { from: 0, to: learnt },
    validation: validation === null ? null : { from: learnt, to: kept.length },
  };
}

function noWeight(part: string): PerennialError {
  return new PerennialError('invalid_data', `every row of ${part} has the weight 0`, {
    path: 'trainer.weightColumn',
    hint: 'Name a column that is above 0 in some of them, or leave the weights out.',
  });
}
