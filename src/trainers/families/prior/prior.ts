import { applyScoreMaps } from '../../../domain/training/calibration/score-map.ts';
import { metadataOf, scoreMapsIn } from '../../../onnx/graphs/metadata.ts';
import { priorGraph } from '../../../onnx/graphs/prior-graph.ts';
import type { TaskName } from '../../../domain/spec/spec.ts';
import type { OwnKind, RegressionObjective } from '../../../domain/spec/trainer-spec.ts';
import { smoothedShares } from '../numeric/class-shares.ts';
import { huberLocation } from '../numeric/huber-location.ts';
import { learntRows } from '../numeric/learnt-rows.ts';
import type { FitRequest, FittedModel, Trainer } from '../../interface.ts';
import type { LossSettings } from '../numeric/regression-loss.ts';
import { validationLossOf } from '../numeric/validation-loss.ts';
import { weightedMedian, weightedQuantile } from '../numeric/weighted-quantile.ts';
import { weightedMean } from '../numeric/weights.ts';

/**
 * Knows the class shares (or the value with the least loss) of its training rows and nothing else: the least that a
 * model must beat.
 */
export const priorTrainer: Trainer<PriorSettings> = { family: 'prior', fit };

/** Of whatever is to be beaten. */
type PriorSettings = { readonly kind: OwnKind } & LossSettings;

type Answer = (
  labels: Float64Array,
  classes: number,
  weights: Float64Array | null,
  settings: PriorSettings,
) => readonly number[];

/** What somebody says who knows the labels alone. */
const answers: Record<TaskName, Answer> = {
  binary: smoothedShares,
  multiclass: smoothedShares,
  regression: (labels, _classes, weights, settings) => [
    values[settings.objective ?? 'squared'](labels, weights, settings),
  ],
};

type Value = (labels: Float64Array, weights: Float64Array | null, settings: PriorSettings) => number;

/** The one value with the least loss. */
const values: Record<RegressionObjective | 'squared', Value> = {
  squared: weightedMean,
  absolute: weightedMedian,
  huber: (labels, weights, { huberDelta = 1 }) => huberLocation(labels, weights, huberDelta),
  poisson: weightedMean,
  quantile: (labels, weights, { quantile = 0.5 }) => weightedQuantile(labels, weights, quantile),
};

async function fit(asked: FitRequest<PriorSettings>): Promise<FittedModel> {
  const request = learntRows(asked);
  const { signature, training, validation, columns } = request;
  const labels = request.labels.subarray(training.from, training.to);
  const weights = request.weights?.subarray(training.from, training.to) ?? null;
  const answer = answers[signature.task](labels, signature.classes.length, weights, request.settings);
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
        : validationLossOf(signature, predict(columns, validation), request, validation, request.settings),
    importance: [],
    predict,
    toOnnx(dataDigest, maps = []) {
      const { task, classes } = signature;
      const mapped = applyScoreMaps(task, classes.length, Float64Array.from(answer), maps);
      const metadata = { ...metadataOf('prior', signature, dataDigest), ...scoreMapsIn(maps) };
      return priorGraph(signature, [...mapped], metadata);
    },
  };
}
