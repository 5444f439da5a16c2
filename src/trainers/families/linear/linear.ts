import { linearGraph } from '../../../onnx/graphs/linear-graph.ts';
import { metadataOf } from '../../../onnx/graphs/metadata.ts';
import { preprocessingFrom } from '../../../onnx/graphs/preprocessing.ts';
import type { TaskName } from '../../../domain/spec/spec.ts';
import type { LinearSpec } from '../../../domain/spec/trainer-spec.ts';
import { smoothedShares } from '../class-shares.ts';
import type { FitRequest, FittedModel, RowRange, Trainer } from '../../interface.ts';
import { addRow, designOf, parametersOf, rowScore, scalingsFrom, type Design } from './linear-design.ts';
import { linearImportance } from './linear-importance.ts';
import { sigmoid, softmaxInPlace, softplus } from '../logistic.ts';
import { minimise } from '../minimise.ts';
import { toPredictions } from '../predictions.ts';
import { validationLossOf } from '../validation-loss.ts';

/** Values with an own weight per category; rarer ones share one. */
const codesMax = 64;
const iterationsMax = 200;
/** Older rows add cost and little else to so few parameters. */
const rowsMax = 200_000;
/** On standardised inputs; keeps separable data finite. */
const ridgeMin = 1;

/** Ridge logistic, softmax or least squares on imputed, standardised inputs with missing flags and category weights. */
export type Ridge = Pick<LinearSpec, 'l2'>;

export const linearTrainer: Trainer<Ridge> = { family: 'linear', fit };

async function fit(request: FitRequest<Ridge>): Promise<FittedModel> {
  const { signature, columns, validation, settings } = request;
  const training = { from: Math.max(request.training.from, request.training.to - rowsMax), to: request.training.to };
  const preprocessing = preprocessingFrom(signature, columns, training, codesMax);
  const scalings = scalingsFrom(preprocessing, columns, training);
  const design = designOf(preprocessing, scalings, columns, training);
  const outputs = signature.task === 'multiclass' ? signature.classes.length : 1;
  const { labels, unscale } = targetsOf(signature.task, request.labels.subarray(training.from, training.to));
  const start = startWeights(signature.task, labels, design.parameters, outputs);
  const ridge = Math.max(ridgeMin, settings.l2);
  const fitted = await minimise(
    (weights, gradient) => lossAndGradient(signature.task, design, labels, weights, gradient, outputs, ridge),
    start,
    {
      iterationsMax,
      gradientMax: 1e-6,
      onIteration: (iteration) => request.onProgress(iteration, iterationsMax),
    },
  );
  const weights = unscale(fitted);
  const predict = (rows: typeof columns, range: RowRange): Float64Array => {
    const own = designOf(preprocessing, scalings, rows, range);
    const raw = Array.from({ length: outputs }, (_, k) =>
      Float64Array.from({ length: own.rows }, (_unused, row) => rowScore(own, weights, outputs, k, row)),
    );
    return toPredictions(signature.task, raw);
  };
  return {
    family: 'linear',
    trees: 0,
    validationLoss:
      validation === null
        ? null
        : validationLossOf(signature, predict(columns, validation), request.labels, validation),
    importance: linearImportance(preprocessing, design, weights, outputs),
    predict,
    toOnnx: (dataDigest) =>
      linearGraph(
        preprocessing,
        parametersOf(preprocessing, scalings, weights, outputs),
        metadataOf('linear', signature, dataDigest),
      ),
  };
}

/**
 * Regression is solved in units of the label's standard deviation, so that one ridge and one tolerance fit any unit.
 */
function targetsOf(
  task: TaskName,
  labels: Float64Array,
): { labels: Float64Array; unscale: (weights: Float64Array) => Float64Array } {
  if (task !== 'regression') return { labels, unscale: (weights) => weights };
  let sum = 0;
  for (const label of labels) sum += label;
  const mean = sum / labels.length;
  let squares = 0;
  for (const label of labels) squares += (label - mean) * (label - mean);
  const scale = Math.sqrt(squares / labels.length) || 1;
  return {
    labels: labels.map((label) => (label - mean) / scale),
    unscale: (weights) => weights.map((weight, index) => weight * scale + (index === 0 ? mean : 0)),
  };
}

function startWeights(task: TaskName, labels: Float64Array, parameters: number, outputs: number): Float64Array {
  const weights = new Float64Array(parameters * outputs);
  if (task === 'regression') return weights;
  const shares = smoothedShares(labels, Math.max(2, outputs));
  if (outputs === 1) weights[0] = Math.log((shares[1] ?? 0.5) / (shares[0] ?? 0.5));
  else for (const [k, share] of shares.entries()) weights[k] = Math.log(share);
  return weights;
}

/** Mean loss plus ridge / (2 rows) · |weights without bias|². */
function lossAndGradient(
  task: TaskName,
  design: Design,
  labels: Float64Array,
  weights: Float64Array,
  gradient: Float64Array,
  outputs: number,
  ridge: number,
): number {
  const { rows } = design;
  gradient.fill(0);
  let loss = 0;
  const cells = new Float64Array(outputs);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < outputs; k++) cells[k] = rowScore(design, weights, outputs, k, row);
    const label = labels[row] ?? 0;
    loss += residuals(task, cells, label);
    for (let k = 0; k < outputs; k++) addRow(design, gradient, outputs, k, row, (cells[k] ?? 0) / rows);
  }
  let penalty = 0;
  for (let i = outputs; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    penalty += weight * weight;
    gradient[i] = (gradient[i] ?? 0) + (ridge * weight) / rows;
  }
  return loss / rows + (ridge * penalty) / (2 * rows);
}

/** Replaces scores by d loss / d score and returns the loss. */
function residuals(task: TaskName, cells: Float64Array, label: number): number {
  const score = cells[0] ?? 0;
  if (task === 'regression') {
    cells[0] = score - label;
    return ((score - label) * (score - label)) / 2;
  }
  if (task === 'binary') {
    cells[0] = sigmoid(score) - label;
    return softplus(label === 1 ? -score : score);
  }
  softmaxInPlace(cells);
  const p = cells[label] ?? 0;
  cells[label] = p - 1;
  return -Math.log(Math.max(p, 1e-300));
}
