import { featuresOf } from '../../../domain/spec/signature.ts';
import { linearGraph } from '../../../onnx/graphs/linear-graph.ts';
import { metadataOf } from '../../../onnx/graphs/metadata.ts';
import { encodeColumn, noCodes, preprocessingWith, type Encoding } from '../../../onnx/graphs/preprocessing.ts';
import type { FeatureColumns } from '../../../onnx/run/columns.ts';
import type { FitRequest, FittedModel, RowRange, Trainer } from '../../interface.ts';
import { designOf, parametersOf, rowScore } from '../linear/linear-design.ts';
import { linearTasks } from '../linear/linear-tasks.ts';
import { predictions } from '../numeric/predictions.ts';
import { validationLossOf } from '../numeric/validation-loss.ts';
import { scalingOf } from './scaling-of.ts';
import { emptyState, StreamLearner, type StreamCell } from './stream-learner.ts';
import { learnerOf, stateNotes, type StreamSettings, type StreamState } from './stream-state.ts';
import { streamTerms } from './stream-terms.ts';

/** Between two looks at whether the process should end. */
const rowsPerLook = 2_000;

/** One pass over the training rows in their order, from a state or from nothing. No seed: nothing is drawn. */
export const streamingTrainer: Trainer<StreamSettings> = { family: 'streaming', fit };

async function fit(request: FitRequest<StreamSettings>): Promise<FittedModel> {
  const { signature, columns, labels, training, validation, settings, streamState } = request;
  const task = linearTasks[signature.task];
  const outputs = task.outputs(signature.classes.length);
  const { encodings } = preprocessingWith(signature, () => [noCodes]);
  const isWord = encodings.map(({ form }) => form === 'code');
  const state = streamState ?? emptyState(learnerOf(signature, settings), isWord, outputs);
  const learner = new StreamLearner(state, settings, task, outputs);
  const cellOf = encodings.map((encoding) => readerOf(encoding, columns, training));
  for (let row = 0; row < training.to - training.from; row++) {
    learner.learn(
      cellOf.map((read) => read(row)),
      labels[training.from + row] ?? 0,
    );
    // oxlint-disable-next-line no-await-in-loop -- this is where an abort is noticed
    if (row % rowsPerLook === 0) await request.onProgress(row, training.to - training.from);
  }
  return modelOf(learner, request, outputs, validation);
}

/** The cells of one encoding in rows of a range, counted from its first. */
function readerOf(encoding: Encoding, columns: FeatureColumns, { from, to }: RowRange): (row: number) => StreamCell {
  if (encoding.form !== 'code') {
    const values = encodeColumn(encoding, columns, from, to);
    return (row) => values[row] ?? Number.NaN;
  }
  const column = columns.byName.get(encoding.source);
  const texts = column !== undefined && 'texts' in column ? column.texts : [];
  return (row) => (texts[from + row] === '' ? null : (texts[from + row] ?? null));
}

/** What the learner knows by now, as a linear model. */
function modelOf(
  learner: StreamLearner,
  { signature, labels, columns }: FitRequest<StreamSettings>,
  outputs: number,
  validation: RowRange | null,
): FittedModel {
  const { state } = learner;
  const preprocessing = preprocessingWith(signature, (feature) => [codesOf(state, signature, feature)]);
  const scalings = state.seen.flatMap((seen, encoding) => ('words' in seen ? [] : [{ encoding, ...scalingOf(seen) }]));
  const weights = weightsOf(learner, outputs);
  const terms = streamTerms(state, weights, outputs);
  const predict = (rows: FeatureColumns, range: RowRange): Float64Array => {
    const own = designOf(preprocessing, scalings, rows, range);
    const raw = Array.from({ length: outputs }, (_, k) =>
      Float64Array.from({ length: own.rows }, (_unused, row) => rowScore(own, weights, outputs, k, row)),
    );
    return predictions[signature.task](raw);
  };
  const gains = new Map(featuresOf(signature).map(({ name }) => [name, 0]));
  for (const [index, { source }] of preprocessing.encodings.entries())
    gains.set(source, (gains.get(source) ?? 0) + (terms[index]?.spread ?? 0));
  const total = [...gains.values()].reduce((sum, gain) => sum + gain, 0);
  return {
    family: 'streaming',
    trees: 0,
    validationLoss:
      validation === null
        ? null
        : validationLossOf(signature, predict(columns, validation), { labels, weights: null }, validation),
    importance: [...gains]
      .map(([feature, gain]) => ({ feature, gain: total > 0 ? gain / total : 0 }))
      .toSorted((left, right) => right.gain - left.gain || (left.feature < right.feature ? -1 : 1)),
    predict,
    toOnnx: (dataDigest) =>
      linearGraph(
        preprocessing,
        parametersOf(preprocessing, scalings, weights, outputs),
        { ...metadataOf('streaming', signature, dataDigest), ...stateNotes(state) },
        terms.map(({ expected }) => expected),
      ),
  };
}

function codesOf({ seen }: StreamState, signature: FitRequest<unknown>['signature'], feature: string) {
  const { encodings } = preprocessingWith(signature, () => [noCodes]);
  const known = seen[encodings.findIndex(({ source }) => source === feature)];
  const words = known !== undefined && 'words' in known ? known.words : [];
  return { codes: new Map(words.map((word, index) => [word, index + 1])), codeCount: words.length };
}

/** In the order of a linear design: the bias, a value and a missing one per number, then each category by words. */
function weightsOf(learner: StreamLearner, outputs: number): Float64Array {
  const { seen, z } = learner.state;
  const lists = [0, ...listsOf(seen, false), ...listsOf(seen, true)];
  const weights = lists.flatMap((list) => (z[list] ?? []).map((_, at) => learner.weight(list, at)));
  return Float64Array.from(weights.length === 0 ? new Array<number>(outputs).fill(0) : weights);
}

function listsOf(seen: StreamState['seen'], isWord: boolean): readonly number[] {
  return seen.flatMap((one, encoding) => ('words' in one === isWord ? [encoding + 1] : []));
}
