import { taskOf } from '../../domain/tasks/task-of.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { ForeignGraph, GraphBuilder } from '../graphs/graph-builder.ts';
import { heads, type ScoreType } from '../graphs/heads.ts';
import { elementTypes } from '../graphs/wire.ts';
import type { ForeignModel } from '../file/foreign-model.ts';
import { probabilityTolerance } from './head-of.ts';
import type { ForeignHead } from './foreign-head.ts';
import { refusedFile } from '../file/refused-file.ts';
import { liftedOpsets, opsetsBehind } from '../gate/lift-opset.ts';
import { startFront, type Front } from './front-graph.ts';
import { typeOf } from './original-graph.ts';
import type { PlannedInput } from './plan-inputs.ts';
import { isZipMap, renameForeign } from '../file/rename-foreign.ts';

/** What is put around the graph: how rows go in, which tensor the scores are, and what they mean. */
export interface Wrapping {
  readonly inputs: readonly PlannedInput[];
  readonly scores: string;
  /** `double` stays double; everything narrower is float. */
  readonly scoreType: ScoreType;
  readonly head: ForeignHead;
  /** Says which of the columns are derived, and from what; null where the file takes raw columns alone. */
  readonly signature: Signature | null;
}

/**
 * The foreign graph between our own inputs and outputs: one raw input per feature in front, in the very type that the
 * file takes, and probabilities and label (or the value) behind. So an imported model is served by the very path of a
 * trained one.
 */
export function wrapForeign(
  model: ForeignModel,
  { inputs, scores, scoreType, head, signature }: Wrapping,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const names = [...inputs.flatMap(({ columns }) => columns), ...(signature?.columns ?? [])];
  let prefix = 'm/';
  while (names.some(({ name }) => name.startsWith(prefix))) prefix = `_${prefix}`;
  const front = startFront(inputs, signature);
  const { graph } = front;
  for (const input of inputs) graph.alias(feed(front, input), `${prefix}${input.name}`);
  graph.embed(foreignOf(model, prefix, front));
  const raw = `${prefix}${scores}`;
  const typed = scoreType === 'double' ? raw : graph.node('Cast', [raw], { to: { int: elementTypes.float } });
  addHead(graph, head, typed, scoreType);
  return graph.finish(metadata);
}

/** Features side by side, in the rank that the file asks for. */
function feed({ graph, tensorOf }: Front, input: PlannedInput): string {
  const names = input.columns.map(({ name }) => tensorOf(name, typeOf(input)));
  const side = names.length === 1 ? (names[0] ?? '') : graph.node('Concat', names, { axis: { int: 1 } });
  return input.rank === 2
    ? side
    : graph.node('Reshape', [side, graph.constant({ type: 'int64', dims: [1], values: [-1] })]);
}

function addHead(graph: GraphBuilder, head: ForeignHead, raw: string, type: ScoreType): void {
  const shaped = graph.node('Reshape', [raw, graph.constant({ type: 'int64', dims: [2], values: [-1, head.width] })]);
  const scores = taskOf(head.task).hasClasses ? probabilitiesOf(graph, head, shaped, type) : shaped;
  heads[head.task].fromScores(graph, head.classes, scores, type);
}

/** In the order of our classes. */
function probabilitiesOf(graph: GraphBuilder, head: ForeignHead, shaped: string, type: ScoreType): string {
  const scores = head.form === 'probabilities' ? withinBounds(graph, shaped, type) : shaped;
  const inFileOrder =
    head.width === 1
      ? spread(graph, head, scores, type)
      : head.form === 'probabilities'
        ? scores
        : graph.node('Softmax', [scores], { axis: { int: 1 } });
  const places = head.classes.map((name) => head.fileClasses.indexOf(name));
  if (places.every((place, index) => place === index)) return inFileOrder;
  const order = graph.constant({ type: 'int64', dims: [places.length], values: places });
  return graph.node('Gather', [inFileOrder, order], { axis: { int: 1 } });
}

/** Rounding around 0 and 1 is taken off; what lies further out is no probability, and becomes NaN: its row fails. */
function withinBounds(graph: GraphBuilder, scores: string, type: ScoreType): string {
  const constant = (value: number) => graph.constant({ type, dims: [1], values: [value] });
  const isAbove = graph.node('Greater', [scores, constant(-probabilityTolerance)]);
  const isBelow = graph.node('Less', [scores, constant(1 + probabilityTolerance)]);
  const clamped = graph.node('Max', [graph.node('Min', [scores, constant(1)]), constant(0)]);
  return graph.node('Where', [graph.node('And', [isAbove, isBelow]), clamped, constant(NaN)]);
}

/** One column speaks of the second of two classes. */
function spread(graph: GraphBuilder, head: ForeignHead, column: string, type: ScoreType): string {
  const positive = head.form === 'logits' ? graph.node('Sigmoid', [column]) : column;
  return graph.node(
    'Concat',
    [graph.node('Sub', [graph.constant({ type, dims: [1], values: [1] }), positive]), positive],
    { axis: { int: 1 } },
  );
}

function foreignOf(model: ForeignModel, prefix: string, { graph, isComputing }: Front): ForeignGraph {
  return {
    ...renameForeign(model.graph, prefix, isZipMap),
    opsets: isComputing ? behindOurs(model, graph.opset) : liftedOpsets(model),
    irVersion: model.irVersion,
    functions: model.functionBytes,
  };
}

function behindOurs(model: ForeignModel, opset: number): ForeignGraph['opsets'] {
  const opsets = opsetsBehind(model, opset);
  if (opsets !== null) return opsets;
  throw refusedFile(
    'takes derived features, and has an operator whose meaning changed with the opset that they need',
    `Export it for opset ${opset} to 21.`,
  );
}
