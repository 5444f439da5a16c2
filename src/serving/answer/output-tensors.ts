import { PerennialError } from '../../domain/words/errors.ts';
import type { InferBody } from '../edge/bodies.ts';
import { describe } from '../edge/read-row.ts';
import type { Prediction } from './prediction.ts';

export interface OutputTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

/** `label` and `probabilities`, or `value`; and `prediction_id`, by which labels are reported. */
export function tensorsOf(
  predictions: readonly Prediction[],
  classCount: number,
  wanted: InferBody['outputs'],
): readonly OutputTensor[] {
  const rows = predictions.length;
  // A row without an answer has null in every tensor but that of its id.
  const width = Math.max(1, classCount);
  const scores = predictions.flatMap(
    ({ answer }): readonly (number | null)[] => answer?.scores ?? new Array<null>(width).fill(null),
  );
  const all: readonly OutputTensor[] = [
    ...(classCount === 0
      ? [{ name: 'value', datatype: 'FP64', shape: [rows, 1], data: scores }]
      : [
          {
            name: 'label',
            datatype: 'BYTES',
            shape: [rows, 1],
            data: predictions.map(({ answer }) => answer?.decision ?? null),
          },
          { name: 'probabilities', datatype: 'FP64', shape: [rows, classCount], data: scores },
        ]),
    {
      name: 'prediction_id',
      datatype: 'BYTES',
      shape: [rows, 1],
      data: predictions.map(({ predictionId }) => predictionId),
    },
  ];
  if (wanted === undefined || wanted.length === 0) return all;
  return wanted.map(({ name }, index) => {
    const found = all.find((tensor) => tensor.name === name);
    if (found !== undefined) return found;
    throw new PerennialError(
      'invalid_request',
      `outputs[${index}] is ${describe(name)}; known outputs: ${all.map((tensor) => tensor.name).join(', ')}`,
      { path: `outputs[${index}].name` },
    );
  });
}
