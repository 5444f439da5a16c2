import { logProbabilityMin, oddsOf } from '../../domain/training/calibration/score-map.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { AddedSums } from '../../onnx/graphs/added-sums.ts';
import type { GraphBuilder } from '../../onnx/graphs/graph-builder.ts';
import { heads } from '../../onnx/graphs/heads.ts';
import { metadataOf, scoreMapsIn } from '../../onnx/graphs/metadata.ts';
import { startGraph } from '../../onnx/graphs/preprocessing-graph.ts';
import { mapLogits, mapOdds } from '../../onnx/graphs/score-maps.ts';
import { predictions } from '../families/numeric/predictions.ts';
import type { FittedModel } from '../interface.ts';

/** A fit with its share of the average; shares sum to 1. */
export interface WeightedModel {
  readonly model: FittedModel;
  readonly weight: number;
}

/**
 * The scores of answers as they are averaged, row-major: log-odds of two classes, logarithms of probabilities of
 * several, or values.
 */
export const scoresOf: Record<TaskName, (answers: Float64Array) => Float64Array> = {
  binary: (answers) =>
    Float64Array.from({ length: answers.length / 2 }, (_, row) =>
      oddsOf(answers[row * 2] ?? 0.5, answers[row * 2 + 1] ?? 0.5),
    ),
  multiclass: (answers) => answers.map((answer) => Math.max(Math.log(answer), logProbabilityMin)),
  regression: (answers) => answers,
};

/** Answers of averaged scores; `outputs` is how many scores a row has. */
export function answersOfScores(task: TaskName, scores: Float64Array, outputs: number): Float64Array {
  const rows = scores.length / outputs;
  const raw = Array.from({ length: outputs }, (_, k) =>
    Float64Array.from({ length: rows }, (_unused, row) => scores[row * outputs + k] ?? 0),
  );
  return predictions[task](raw);
}

const outputsOf: Record<TaskName, (classes: number) => number> = {
  binary: () => 1,
  multiclass: (classes) => classes,
  regression: () => 1,
};

/**
 * Fits as one model: the weighted mean of their log-odds (of several classes of the logarithms of probabilities, of a
 * value of the values), in one file in which what several of them read is computed once. Throws RangeError for a fit
 * that has no sums to give.
 */
export function averageModel(signature: Signature, members: readonly WeightedModel[]): FittedModel {
  const { task, classes } = signature;
  return {
    family: 'ensemble',
    trees: members.reduce((sum, { model }) => sum + model.trees, 0),
    validationLoss: null,
    importance: meanImportance(members),
    predict(columns, range) {
      let sums: Float64Array | null = null;
      for (const { model, weight } of members) {
        const scores = scoresOf[task](model.predict(columns, range));
        const before: Float64Array = sums ?? new Float64Array(scores.length);
        sums = before.map((sum, cell) => sum + weight * (scores[cell] ?? 0));
      }
      return answersOfScores(task, sums ?? new Float64Array(0), outputsOf[task](classes.length));
    },
    toOnnx(dataDigest, maps = []) {
      const started = startGraph(signature, 'float', true);
      const { graph } = started;
      let sums: string | null = null;
      for (const { model, weight } of members) {
        if (model.addSums === undefined) throw new RangeError(`${model.family} has no sums to average`);
        const scores = asScores[task](graph, model.addSums(started));
        const share = graph.constant({ type: 'double', dims: [1, 1], values: [weight] });
        const weighed = graph.node('Mul', [scores, share]);
        sums = sums === null ? weighed : graph.node('Add', [sums, weighed]);
      }
      heads[task].fromSums(graph, classes, sums ?? '', 'double', maps);
      return graph.finish({ ...metadataOf('ensemble', signature, dataDigest), ...scoreMapsIn(maps) });
    },
  };
}

/** In DOUBLE, cut as `scoresOf` cuts them. */
const asScores: Record<TaskName, (graph: GraphBuilder, added: AddedSums) => string> = {
  binary: (graph, { sums, type }) => mapOdds(graph, sums, type, []),
  multiclass: (graph, { sums, type }) => mapLogits(graph, sums, type, []),
  regression: (graph, { sums, type }) => (type === 'double' ? sums : graph.node('Cast', [sums], { to: { int: 11 } })),
};

function meanImportance(members: readonly WeightedModel[]): FittedModel['importance'] {
  const gains = new Map<string, number>();
  for (const { model, weight } of members)
    for (const { feature, gain } of model.importance) gains.set(feature, (gains.get(feature) ?? 0) + weight * gain);
  return [...gains]
    .map(([feature, gain]) => ({ feature, gain }))
    .toSorted((left, right) => right.gain - left.gain || (left.feature < right.feature ? -1 : 1));
}
