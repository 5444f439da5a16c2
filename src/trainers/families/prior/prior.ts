import { metadataOf } from '../../../onnx/graphs/metadata.ts';
import { priorGraph } from '../../../onnx/graphs/prior-graph.ts';
import type { TaskName } from '../../../domain/spec/spec.ts';
import { smoothedShares } from '../numeric/class-shares.ts';
import type { FitRequest, FittedModel, Trainer } from '../../interface.ts';
import { validationLossOf } from '../numeric/validation-loss.ts';

/** Knows the class shares (or the mean) of its training rows and nothing else: the least that a model must beat. */
export const priorTrainer: Trainer<object> = { family: 'prior', fit };

/** What somebody says who knows the labels alone. */
const answers: Record<TaskName, (labels: Float64Array, classes: number) => readonly number[]> = {
  binary: smoothedShares,
  multiclass: smoothedShares,
  regression: (labels) => [meanOf(labels)],
};

async function fit(request: FitRequest<object>): Promise<FittedModel> {
  const { signature, training, validation, columns } = request;
  const labels = request.labels.subarray(training.from, training.to);
  const answer = answers[signature.task](labels, signature.classes.length);
  const predict: FittedModel['predict'] = (_columns, { from, to }) => {
    const out = new Float64Array((to - from) * answer.length);
    for (let i = 0; i < out.length; i++) out[i] = answer[i % answer.length] ?? 0;
    return out;
  };
  await request.onProgress(1, 1);
  return {
    family: 'prior',
    trees: 0,
    validationLoss:
      validation === null
        ? null
        : validationLossOf(signature, predict(columns, validation), request.labels, validation),
    importance: [],
    predict,
    toOnnx: (dataDigest) => priorGraph(signature, answer, metadataOf('prior', signature, dataDigest)),
  };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
