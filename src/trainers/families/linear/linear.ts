import { addLinearModel, linearGraph } from '../../../onnx/graphs/linear-graph.ts';
import { metadataOf, scoreMapsIn } from '../../../onnx/graphs/metadata.ts';
import { preprocessingFrom } from '../../../onnx/graphs/preprocessing.ts';
import type { LinearSpec } from '../../../domain/spec/trainer-spec.ts';
import type { FitRequest, FittedModel, RowRange, Trainer } from '../../interface.ts';
import { addRow, designOf, parametersOf, rowScore, scalingsFrom, type Design } from './linear-design.ts';
import { expectedTerms } from './expected-terms.ts';
import { linearImportance } from './linear-importance.ts';
import { linearTasks, type LinearTask } from './linear-tasks.ts';
import { learntRows } from '../numeric/learnt-rows.ts';
import { minimise } from '../numeric/minimise.ts';
import { minimiseSparse } from '../numeric/minimise-sparse.ts';
import { predictions } from '../numeric/predictions.ts';
import { validationLossOf } from '../numeric/validation-loss.ts';
import { totalWeight } from '../numeric/weights.ts';

/** Values with an own weight per category; rarer ones share one. */
const codesMax = 64;
const iterationsMax = 200;
/** Weights that leave and come back to 0 take more steps. */
const sparseIterationsMax = 1_000;
/** Older rows add cost and little else to so few parameters. */
const rowsMax = 200_000;
/** On standardised inputs; keeps separable data finite. */
const ridgeMin = 1;

/**
 * Logistic, softmax or least squares with an elastic net on imputed, standardised inputs with missing flags and
 * category weights. Of `gbdt`, whose baseline it is, `l2` alone.
 */
export type Penalties = Pick<LinearSpec, 'l2' | 'l1'>;

export const linearTrainer: Trainer<Penalties> = { family: 'linear', fit };

async function fit(asked: FitRequest<Penalties>): Promise<FittedModel> {
  const request = learntRows(asked);
  const { signature, columns, validation, settings } = request;
  const training = { from: Math.max(request.training.from, request.training.to - rowsMax), to: request.training.to };
  const rowWeights = request.weights?.subarray(training.from, training.to) ?? null;
  const preprocessing = preprocessingFrom(signature, columns, training, { codesMax }, request.limits, request.withheld);
  const scalings = scalingsFrom(preprocessing, columns, training, rowWeights);
  const design = designOf(preprocessing, scalings, columns, training);
  const task = linearTasks[signature.task];
  const outputs = task.outputs(signature.classes.length);
  const { labels, unscale } = task.targetsOf(request.labels.subarray(training.from, training.to), rowWeights);
  const start = new Float64Array(design.parameters * outputs);
  start.set(task.startBias(labels, outputs, rowWeights));
  const ridge = Math.max(ridgeMin, settings.l2);
  const evaluate = (weights: Float64Array, gradient: Float64Array): number =>
    lossAndGradient(task, design, labels, rowWeights, weights, gradient, outputs, ridge);
  const { l1 = 0 } = settings;
  const iterations = l1 > 0 ? sparseIterationsMax : iterationsMax;
  const options = {
    iterationsMax: iterations,
    gradientMax: 1e-6,
    onIteration: (iteration: number) => request.onProgress(iteration, iterations),
  };
  const penalty = l1 / totalWeight(rowWeights, design.rows);
  const fitted = await (l1 > 0
    ? minimiseSparse(evaluate, start, { penalty, first: outputs }, options)
    : minimise(evaluate, start, options));
  const weights = unscale(fitted);
  const predict = (rows: typeof columns, range: RowRange): Float64Array => {
    const own = designOf(preprocessing, scalings, rows, range);
    const raw = Array.from({ length: outputs }, (_, k) =>
      Float64Array.from({ length: own.rows }, (_unused, row) => rowScore(own, weights, outputs, k, row)),
    );
    return predictions[signature.task](raw);
  };
  return {
    family: 'linear',
    trees: 0,
    validationLoss:
      validation === null ? null : validationLossOf(signature, predict(columns, validation), request, validation),
    importance: linearImportance(preprocessing, design, weights, outputs),
    predict,
    addSums: (started) =>
      addLinearModel(started, preprocessing, parametersOf(preprocessing, scalings, weights, outputs)),
    toOnnx: (dataDigest, maps = []) =>
      linearGraph(
        preprocessing,
        parametersOf(preprocessing, scalings, weights, outputs),
        { ...metadataOf('linear', signature, dataDigest), ...scoreMapsIn(maps) },
        expectedTerms(preprocessing, design, weights, outputs),
        maps,
      ),
  };
}

/** Weighted mean loss plus ridge / (2 · sum of row weights) · |weights without bias|². */
function lossAndGradient(
  task: LinearTask,
  design: Design,
  labels: Float64Array,
  rowWeights: Float64Array | null,
  weights: Float64Array,
  gradient: Float64Array,
  outputs: number,
  ridge: number,
): number {
  const total = totalWeight(rowWeights, design.rows);
  gradient.fill(0);
  let loss = 0;
  const cells = new Float64Array(outputs);
  for (let row = 0; row < design.rows; row++) {
    const rowWeight = rowWeights?.[row] ?? 1;
    for (let k = 0; k < outputs; k++) cells[k] = rowScore(design, weights, outputs, k, row);
    const label = labels[row] ?? 0;
    loss += rowWeight * task.residuals(cells, label);
    for (let k = 0; k < outputs; k++) addRow(design, gradient, outputs, k, row, (rowWeight * (cells[k] ?? 0)) / total);
  }
  let penalty = 0;
  for (let i = outputs; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    penalty += weight * weight;
    gradient[i] = (gradient[i] ?? 0) + (ridge * weight) / total;
  }
  return loss / total + (ridge * penalty) / (2 * total);
}
