import { metadataOf } from '../../../onnx/graphs/metadata.ts';
import { encodeColumn, preprocessingFrom, type Preprocessing } from '../../../onnx/graphs/preprocessing.ts';
import { featuresOf } from '../../../domain/spec/signature.ts';
import { priorGraph } from '../../../onnx/graphs/prior-graph.ts';
import { hasSplits, treeEnsembleGraph } from '../../../onnx/graphs/tree-ensemble.ts';
import type { FeatureColumns } from '../../../onnx/run/columns.ts';
import type { FitRequest, FittedModel, RowRange, Trainer } from '../../interface.ts';
import type { GbdtSpec } from '../../../domain/spec/trainer-spec.ts';
import { predictions } from '../numeric/predictions.ts';
import { applyBins, categoryBins, codesMax, numberBins, type Bins } from './bins.ts';
import { boost } from './boost.ts';
import { readRounds, roundsPerCheckpoint } from './checkpoint-state.ts';
import { exportTrees } from './export-trees.ts';
import type { MakeKernel } from './kernel/kernel.ts';
import { makeKernel } from './kernel/make-kernel.ts';
import { objectives } from './objective.ts';
import { addTree, type Tree } from './tree.ts';

/** A leaf never needs more than a twentieth of the rows: 60 rows must still be able to split. */
const rowsPerLeafShareMax = 1 / 20;

/**
 * Histogram gradient boosting: binary (logistic), multiclass (softmax), regression (squared error). Deterministic,
 * seedless.
 */
export const gbdtTrainer = gbdtOn(makeKernel);

/** The same on a kernel of choice, which changes no byte. */
export function gbdtOn(kernelOf: MakeKernel): Trainer<GbdtSpec> {
  return { family: 'gbdt', fit: (request) => fit(request, kernelOf) };
}

interface Fitted {
  readonly preprocessing: Preprocessing;
  readonly bins: readonly Bins[];
  readonly rounds: readonly (readonly Tree[])[];
  readonly base: readonly number[];
}

async function fit(request: FitRequest<GbdtSpec>, kernelOf: MakeKernel): Promise<FittedModel> {
  const { signature, columns, labels, training, validation, settings } = request;
  const preprocessing = preprocessingFrom(signature, columns, training, codesMax, request.limits);
  const kernel = kernelOf({ rows: training.to - training.from, features: preprocessing.encodings.length });
  // One column at a time: as numbers they take four times the memory that they take as bins.
  const bins = preprocessing.encodings.map((feature, index) => {
    const values = encodeColumn(feature, columns, training.from, training.to);
    const bin = feature.form === 'code' ? categoryBins(feature.codeCount) : numberBins(values);
    kernel.bin(index, bin, values);
    return bin;
  });
  const own = labels.subarray(training.from, training.to);
  const objective = objectives[signature.task](own, signature.classes.length);
  const { checkpoint } = request;
  const treesMax = request.treesMax ?? settings.treesMax;
  const { rounds, validationLoss } = await boost({
    bins,
    kernel,
    validation:
      validation === null
        ? null
        : {
            columns: binColumns(preprocessing, bins, columns, validation),
            labels: labels.subarray(validation.from, validation.to),
          },
    objective,
    rules: {
      l2: settings.l2,
      leavesMax: settings.leavesMax,
      rowsMin: Math.max(1, Math.min(settings.rowsPerLeafMin, Math.floor(own.length * rowsPerLeafShareMax))),
    },
    learningRate: settings.learningRate,
    roundsMax: treesMax,
    patienceRounds: settings.earlyStoppingTrees,
    resume: checkpoint === null ? [] : readRounds(await checkpoint.load(), objective.outputs),
    async onRound(grown, isNew) {
      if (isNew && checkpoint !== null && grown.length % roundsPerCheckpoint === 0)
        await checkpoint.save({ rounds: grown });
      await request.onProgress(grown.length, treesMax);
    },
  });
  const fitted: Fitted = { preprocessing, bins, rounds, base: objective.base };
  return {
    family: 'gbdt',
    trees: rounds.length,
    validationLoss,
    importance: importanceOf(fitted),
    predict: (rows, range) => predict(fitted, rows, range),
    toOnnx: (dataDigest) => toOnnx(fitted, dataDigest),
  };
}

function binColumns(
  preprocessing: Preprocessing,
  bins: readonly Bins[],
  columns: FeatureColumns,
  range: RowRange,
): Uint8Array[] {
  return preprocessing.encodings.map((feature, index) => {
    const bin = bins[index];
    const values = encodeColumn(feature, columns, range.from, range.to);
    const out = new Uint8Array(values.length);
    return bin === undefined ? out : applyBins(bin, values, out);
  });
}

function rawScores(
  { preprocessing, bins, rounds, base }: Fitted,
  columns: FeatureColumns,
  range: RowRange,
): Float64Array[] {
  const binned = binColumns(preprocessing, bins, columns, range);
  const counts = bins.map(({ count }) => count);
  const scores = base.map((value) => new Float64Array(range.to - range.from).fill(value));
  for (const round of rounds)
    for (const [output, tree] of round.entries()) addTree(tree, binned, counts, scores[output] ?? new Float64Array(0));
  return scores;
}

function predict(fitted: Fitted, columns: FeatureColumns, range: RowRange): Float64Array {
  return predictions[fitted.preprocessing.signature.task](rawScores(fitted, columns, range));
}

function toOnnx({ preprocessing, bins, rounds, base }: Fitted, dataDigest: string): Uint8Array {
  const { signature } = preprocessing;
  const metadata = metadataOf('gbdt', signature, dataDigest);
  const trees = exportTrees(rounds, bins);
  if (hasSplits(trees)) return treeEnsembleGraph(preprocessing, trees, base, metadata);
  const answer = predictions[signature.task](base.map((value) => Float64Array.of(value)));
  return priorGraph(signature, [...answer], metadata);
}

function importanceOf({ preprocessing, rounds }: Fitted): { feature: string; gain: number }[] {
  const gains = new Map(featuresOf(preprocessing.signature).map(({ name }) => [name, 0]));
  let total = 0;
  for (const { feature, gain } of rounds.flat().flatMap((tree) => tree.nodes)) {
    const source = preprocessing.encodings[feature]?.source ?? '';
    gains.set(source, (gains.get(source) ?? 0) + gain);
    total += gain;
  }
  return [...gains]
    .map(([feature, gain]) => ({ feature, gain: total > 0 ? gain / total : 0 }))
    .toSorted((left, right) => right.gain - left.gain || (left.feature < right.feature ? -1 : 1));
}
