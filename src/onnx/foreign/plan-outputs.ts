import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { elementTypes } from '../graphs/wire.ts';
import { followLabels, labelLists, labelsOf, makersOf, passing, type Makers } from './follow-labels.ts';
import type { ForeignModel, ForeignNode, ForeignValue } from '../file/foreign-model.ts';
import { listed, refusedFile } from '../file/refused-file.ts';
import { attributeOf } from '../file/read-attribute.ts';

/** What the last real step before the scores makes of them. */
export type ScoreEnd = 'probabilities' | 'sigmoid' | 'value' | 'unknown';

export interface PlannedOutputs {
  /** Tensor with the scores, by its name in the foreign graph. */
  readonly scores: string;
  /** Tensor with the label that the model itself answers; null when it answers none. */
  readonly label: string | null;
  /** Classes in the order of the scores, as the label output says; null where that cannot be read. */
  readonly classes: readonly string[] | 'positions' | null;
  /** Other lists in the file that could be the classes. */
  readonly lists: readonly (readonly string[])[];
  readonly end: ScoreEnd;
  /** The name of the scores says that they are logits. */
  readonly isNamedLogits: boolean;
}

const scoreTypes: ReadonlySet<number> = new Set([elementTypes.float, elementTypes.double, elementTypes.float16]);
const labelTypes: ReadonlySet<number> = new Set([
  elementTypes.int64,
  elementTypes.int32,
  elementTypes.string,
  elementTypes.bool,
]);
const stepsMax = 20;

/** Where the file gives its scores and its label. Throws `unsupported`. */
export function planOutputs(model: ForeignModel, signature: ForeignSignature, notes: string[]): PlannedOutputs {
  const makers = makersOf(model);
  const labelOutput = chooseLabel(model, makers);
  const output = chooseScores(model, signature, makers, notes);
  const scores = unzipped(output, makers);
  const label = labelOutput ?? labelBeside(scores, makers);
  return {
    scores,
    label,
    classes: label === null ? null : followLabels(model, makers, label),
    lists: labelLists(model),
    end: endOf(scores, makers),
    isNamedLogits: /logit/i.test(output),
  };
}

/** The one output with labels; a row that gets several is answered by no single class. */
function chooseLabel(model: ForeignModel, makers: Makers): string | null {
  const all = model.outputs.filter((output) => output.kind === 'tensor' && labelTypes.has(output.type));
  const named = all.filter(({ name }) => /label|class|pred/i.test(name));
  const candidates = named.length > 0 ? named : all;
  const [first] = candidates;
  if (first === undefined) return null;
  const width = first.dims?.[1];
  const isWide = typeof width === 'number' && width > 1;
  const isList = model.outputs.some(
    ({ kind, name }) => kind !== 'tensor' && makers.get(name)?.op === 'SequenceConstruct',
  );
  if (candidates.length > 1 || isWide || isList)
    throw severalLabels(isWide ? `${width} of them per row` : listed(candidates));
  return first.name;
}

export function severalLabels(which: string): Error {
  return refusedFile(
    `answers several labels (${which}), and one row has one answer here`,
    'Export one model per label, each with its own probabilities.',
  );
}

/** A classifier's own label, where the file gives only the scores that stand beside it. */
function labelBeside(scores: string, makers: Makers): string | null {
  const classifier = behind(scores, makers, (node) => labelsOf(node).length > 0 && node.op !== 'ZipMap');
  return classifier?.outputs[0] !== undefined && classifier.outputs[0] !== '' ? classifier.outputs[0] : null;
}

function chooseScores(model: ForeignModel, signature: ForeignSignature, makers: Makers, notes: string[]): string {
  const wanted = signature.output?.name;
  if (wanted !== undefined) {
    if (model.outputs.some((output) => output.name === wanted)) return wanted;
    throw refusedFile(
      `has no output "${wanted}"; it has ${listed(model.outputs)}`,
      'Correct output.name in the signature.',
    );
  }
  const numeric = model.outputs.filter((output) => isScores(output, makers));
  const best =
    numeric.find(({ name }) => /prob/i.test(name)) ??
    numeric.find(({ name }) => /score|logit/i.test(name)) ??
    (numeric.length === 1 ? numeric[0] : undefined);
  if (best === undefined) {
    if (numeric.length === 0)
      throw refusedFile(
        `gives no scores, only ${listed(model.outputs)}`,
        'Export it with its probabilities (or its value, for regression) as a float tensor.',
      );
    throw refusedFile(
      `gives several outputs that could be the scores (${listed(numeric)})`,
      'Say which in the signature: {"output": {"name": "..."}}.',
    );
  }
  if (model.outputs.length > 1) notes.push(`scores: output "${best.name}" of ${listed(model.outputs)}`);
  return best.name;
}

function isScores(output: ForeignValue, makers: Makers): boolean {
  return (output.kind === 'tensor' && scoreTypes.has(output.type)) || makers.get(output.name)?.op === 'ZipMap';
}

/** ZipMap turns a tensor into a list of maps for Python's convenience; the tensor before it is what is served. */
function unzipped(output: string, makers: Makers): string {
  const maker = makers.get(output);
  return maker?.op === 'ZipMap' ? (maker.inputs[0] ?? output) : output;
}

/** Steps that change scores without mixing up which column is whose. */
const scaling: ReadonlySet<string> = new Set([...passing, 'Normalizer', 'Softmax', 'Sigmoid', 'Mul', 'Div', 'Clip']);

function behind(tensor: string, makers: Makers, isWanted: (node: ForeignNode) => boolean): ForeignNode | null {
  let at = tensor;
  for (let steps = 0; steps < stepsMax; steps++) {
    const maker = makers.get(at);
    if (maker === undefined) return null;
    if (isWanted(maker)) return maker;
    if (!scaling.has(maker.op)) return null;
    at = maker.inputs[0] ?? '';
  }
  return null;
}

function endOf(scores: string, makers: Makers): ScoreEnd {
  const last = behind(scores, makers, (node) => !passing.has(node.op));
  if (last === null) return 'unknown';
  if (last.op.endsWith('Regressor')) return 'value';
  if (last.op === 'Sigmoid') return 'sigmoid';
  const [transform] = attributeOf(last, 'post_transform');
  const isProbability =
    last.op === 'Softmax' || last.op === 'Normalizer' || transform === 'LOGISTIC' || transform === 'SOFTMAX';
  return isProbability ? 'probabilities' : 'unknown';
}
