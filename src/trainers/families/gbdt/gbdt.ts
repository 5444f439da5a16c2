import { applyScoreMaps, type ScoreMap } from '../../../domain/training/calibration/score-map.ts';
import { metadataOf, scoreMapsIn, warmStartIn } from '../../../onnx/graphs/metadata.ts';
import { encodeColumn, preprocessingFrom, type Preprocessing } from '../../../onnx/graphs/preprocessing.ts';
import { featuresOf } from '../../../domain/spec/signature.ts';
import { priorGraph } from '../../../onnx/graphs/prior-graph.ts';
import { addConstantSums, type AddedSums } from '../../../onnx/graphs/added-sums.ts';
import type { StartedGraph } from '../../../onnx/graphs/preprocessing-graph.ts';
import { addTreeModel, hasSplits, treeEnsembleGraph, type EnsembleTree } from '../../../onnx/graphs/tree-ensemble.ts';
import type { FeatureColumns } from '../../../onnx/run/columns.ts';
import type { FitRequest, FittedModel, RowRange, Trainer, WarmStart } from '../../interface.ts';
import type { GbdtSpec, MonotoneDirection } from '../../../domain/spec/trainer-spec.ts';
import { learntRows } from '../numeric/learnt-rows.ts';
import { predictions } from '../numeric/predictions.ts';
import { applyBins, categoryBins, codeRules, numberBins, type Bins } from './bins.ts';
import { boost } from './boost.ts';
import { readRounds, roundsPerCheckpoint } from './checkpoint-state.ts';
import { exportTrees } from './export-trees.ts';
import type { Link } from './objectives/objective.ts';
import { objectiveOf } from './objectives/objective-of.ts';
import type { GrowRules } from './grow-tree.ts';
import type { MakeKernel } from './kernel/kernel.ts';
import { makeKernel } from './kernel/make-kernel.ts';
import type { Direction } from './split.ts';
import { addTree, type Tree } from './tree.ts';
import { warmImportance } from './warm/warm-importance.ts';
import { warmScores } from './warm/warm-scores.ts';

/** A leaf never needs more than a twentieth of the rows: 60 rows must still be able to split. */
const rowsPerLeafShareMax = 1 / 20;

/**
 * Histogram gradient boosting: binary (logistic), multiclass (softmax), regression (squared error, or what `objective`
 * names). Deterministic; the seed draws rows and columns where shares of them are declared, and nothing else.
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
  readonly link: Link;
  readonly warmStart: WarmStart | null;
}

async function fit(asked: FitRequest<GbdtSpec>, kernelOf: MakeKernel): Promise<FittedModel> {
  const request = learntRows(asked);
  const { signature, columns, labels, training, validation, settings, withheld, warmStart = null } = request;
  const preprocessing =
    warmStart?.preprocessing ?? preprocessingFrom(signature, columns, training, codeRules, request.limits, withheld);
  const kernel = kernelOf({ rows: training.to - training.from, features: preprocessing.encodings.length });
  // One column at a time: as numbers they take four times the memory that they take as bins.
  const bins = preprocessing.encodings.map((feature, index) => {
    const values = encodeColumn(feature, columns, training.from, training.to);
    const bin = feature.form === 'code' ? categoryBins(feature.codeCount) : numberBins(values);
    kernel.bin(index, bin, values);
    return bin;
  });
  const own = labels.subarray(training.from, training.to);
  const weightsIn = ({ from, to }: RowRange) => request.weights?.subarray(from, to) ?? null;
  const objective = objectiveOf(signature.task, settings)(own, signature.classes.length, weightsIn(training));
  const { checkpoint } = request;
  const { rowShare = 1 } = settings;
  const treesMax = request.treesMax ?? settings.treesMax;
  const { rounds, validationLoss } = await boost({
    bins,
    kernel,
    training: { labels: own, weights: weightsIn(training) },
    validation:
      validation === null
        ? null
        : {
            columns: binColumns(preprocessing, bins, columns, validation),
            labels: labels.subarray(validation.from, validation.to),
            weights: weightsIn(validation),
          },
    ...(warmStart === null
      ? {}
      : {
          start: {
            training: warmScores(warmStart, columns, training),
            validation: validation === null ? [] : warmScores(warmStart, columns, validation),
          },
        }),
    objective,
    rules: {
      l2: settings.l2,
      leavesMax: settings.leavesMax,
      rowsMin: Math.max(1, Math.min(settings.rowsPerLeafMin, Math.floor(own.length * rowShare * rowsPerLeafShareMax))),
      ...directionsOf(preprocessing, settings),
    },
    sampling: { seed: settings.seed, rowShare, columnShare: settings.columnShare ?? 1 },
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
  const { base, link } = objective;
  const fitted: Fitted = { preprocessing, bins, rounds, base: warmStart?.base ?? base, link, warmStart };
  return {
    family: 'gbdt',
    trees: (warmStart?.rounds ?? 0) + rounds.length,
    validationLoss,
    importance: warmStart === null ? importanceOf(fitted) : warmImportance(preprocessing, treesOf(fitted)),
    predict: (rows, range) => predict(fitted, rows, range),
    addSums: (started) => addSums(fitted, started),
    toOnnx: (dataDigest, maps = []) => toOnnx(fitted, dataDigest, maps),
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
  { preprocessing, bins, rounds, base, warmStart }: Fitted,
  columns: FeatureColumns,
  range: RowRange,
): Float64Array[] {
  const binned = binColumns(preprocessing, bins, columns, range);
  const counts = bins.map(({ count }) => count);
  const scores =
    warmStart === null
      ? base.map((value) => new Float64Array(range.to - range.from).fill(value))
      : warmScores(warmStart, columns, range);
  for (const round of rounds)
    for (const [output, tree] of round.entries()) addTree(tree, binned, counts, scores[output] ?? new Float64Array(0));
  return scores;
}

function predict(fitted: Fitted, columns: FeatureColumns, range: RowRange): Float64Array {
  return answersOf(fitted, rawScores(fitted, columns, range));
}

function answersOf({ preprocessing, link }: Fitted, scores: readonly Float64Array[]): Float64Array {
  const answers = predictions[preprocessing.signature.task](scores);
  return link === 'log' ? answers.map(Math.exp) : answers;
}

function treesOf({ bins, rounds, warmStart }: Fitted): readonly EnsembleTree[] {
  return [...(warmStart?.trees ?? []), ...exportTrees(rounds, bins)];
}

function toOnnx(fitted: Fitted, dataDigest: string, maps: readonly ScoreMap[]): Uint8Array {
  const { preprocessing, base, link, warmStart } = fitted;
  const { signature } = preprocessing;
  const from = warmStart === null ? {} : warmStartIn(warmStart.digest);
  const metadata = { ...metadataOf('gbdt', signature, dataDigest), ...from, ...scoreMapsIn(maps) };
  const trees = treesOf(fitted);
  if (hasSplits(trees)) return treeEnsembleGraph(preprocessing, trees, base, metadata, link, maps);
  const answer = answersOf(
    fitted,
    base.map((value) => Float64Array.of(value)),
  );
  const mapped = applyScoreMaps(signature.task, signature.classes.length, answer, maps);
  return priorGraph(signature, [...mapped], metadata);
}

function addSums(fitted: Fitted, started: StartedGraph): AddedSums {
  const { preprocessing, base, link } = fitted;
  const trees = treesOf(fitted);
  if (hasSplits(trees)) return addTreeModel(started, preprocessing, trees, base, link);
  return addConstantSums(started, preprocessing.signature, link === 'log' ? base.map(Math.exp) : base);
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

/** What is declared of features, by the columns that they become; nothing where nothing is. */
function directionsOf({ encodings }: Preprocessing, { monotone }: GbdtSpec): Pick<GrowRules, 'directions'> {
  if (monotone === undefined) return {};
  const signs: Record<MonotoneDirection, Direction> = { increasing: 1, decreasing: -1 };
  return {
    directions: encodings.map(({ source }) => {
      const declared = Object.hasOwn(monotone, source) ? monotone[source] : undefined;
      return declared === undefined ? 0 : signs[declared];
    }),
  };
}
