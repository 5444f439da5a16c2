import type { TaskName } from '../../domain/spec/spec.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { GraphBuilder, type ForeignGraph } from '../graphs/graph-builder.ts';
import { heads } from '../graphs/heads.ts';
import type { ForeignPlan, PlannedInput } from './plan-foreign.ts';
import type { ForeignModel } from './read-foreign.ts';
import { renameForeign } from './rename-foreign.ts';
import type { GraphValue } from '../graphs/wire.ts';

/** How raw scores become the canonical outputs. */
export interface ForeignHead {
  readonly task: TaskName;
  /** Labels in the file's column order; two for binary, also where the file gives one column. */
  readonly fileClasses: readonly string[];
  /** In the order of the wrapped file: `[negative, positive]` for binary. */
  readonly classes: readonly string[];
  readonly form: 'probabilities' | 'logits';
  /** Columns that the file gives. */
  readonly width: number;
}

const inputTypes = { number: 'float', boolean: 'float', category: 'string' } as const;
const string = 8;
const double = 11;
const elementOfFloat = 1;
/** Operator set for a file that uses none of the default domain. */
const opsetWithout = 18;

/**
 * The foreign graph between our own inputs and outputs: one raw input per feature in front, probabilities and label (or
 * the value) behind. So an imported model is served by the very path of a trained one. Without a head it gives its raw
 * scores, to be looked at.
 */
export function wrapForeign(
  model: ForeignModel,
  plan: ForeignPlan,
  head: ForeignHead | null,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const features = plan.inputs.flatMap((input) => input.columns);
  let prefix = 'm/';
  while (features.some(({ name }) => name.startsWith(prefix))) prefix = `_${prefix}`;
  const graph = new GraphBuilder(
    features.map(({ name, kind }): GraphValue => ({ name, type: inputTypes[kind], dims: ['N', 1] })),
  );
  for (const input of plan.inputs) graph.alias(feed(graph, input), `${prefix}${input.name}`);
  graph.embed(foreignOf(model, prefix));
  const scores = graph.node('Cast', [`${prefix}${plan.scores}`], { to: { int: elementOfFloat } });
  if (head === null) graph.output('scores', 'float', ['N', 'K'], scores);
  else addHead(graph, head, scores);
  return graph.finish(metadata);
}

/** Features side by side, in the element type and rank that the file asks for. */
function feed(graph: GraphBuilder, input: PlannedInput): string {
  const names = input.columns.map(({ name }) => name);
  const side = names.length === 1 ? (names[0] ?? '') : graph.node('Concat', names, { axis: { int: 1 } });
  const typed =
    input.type === string || input.type === elementOfFloat
      ? side
      : graph.node('Cast', [input.type === double ? side : present(graph, side)], { to: { int: input.type } });
  return input.rank === 2
    ? typed
    : graph.node('Reshape', [typed, graph.constant({ type: 'int64', dims: [1], values: [-1] })]);
}

/** Whole numbers have no missing value: it becomes 0 here, and rows without one are refused at the door. */
function present(graph: GraphBuilder, numbers: string): string {
  const zero = graph.constant({ type: 'float', dims: [1], values: [0] });
  return graph.node('Where', [graph.node('IsNaN', [numbers]), zero, numbers]);
}

function addHead(graph: GraphBuilder, head: ForeignHead, raw: string): void {
  const shaped = graph.node('Reshape', [raw, graph.constant({ type: 'int64', dims: [2], values: [-1, head.width] })]);
  const scores = taskOf(head.task).hasClasses ? probabilitiesOf(graph, head, shaped) : shaped;
  heads[head.task].fromScores(graph, head.classes, scores);
}

/** In the order of our classes. */
function probabilitiesOf(graph: GraphBuilder, head: ForeignHead, shaped: string): string {
  const inFileOrder =
    head.width === 1
      ? spread(graph, head, shaped)
      : head.form === 'probabilities'
        ? shaped
        : graph.node('Softmax', [shaped], { axis: { int: 1 } });
  const places = head.classes.map((name) => head.fileClasses.indexOf(name));
  if (places.every((place, index) => place === index)) return inFileOrder;
  const order = graph.constant({ type: 'int64', dims: [places.length], values: places });
  return graph.node('Gather', [inFileOrder, order], { axis: { int: 1 } });
}

/** One column speaks of the second of two classes. */
function spread(graph: GraphBuilder, head: ForeignHead, column: string): string {
  const positive = head.form === 'logits' ? graph.node('Sigmoid', [column]) : column;
  return graph.node(
    'Concat',
    [graph.node('Sub', [graph.constant({ type: 'float', dims: [1], values: [1] }), positive]), positive],
    { axis: { int: 1 } },
  );
}

function foreignOf(model: ForeignModel, prefix: string): ForeignGraph {
  const opsets = model.opsets.map(({ domain, version }) => ({ domain: domain === 'ai.onnx' ? '' : domain, version }));
  return {
    ...renameForeign(model.graph, prefix, isZipMap),
    opsets: opsets.some(({ domain }) => domain === '') ? opsets : [{ domain: '', version: opsetWithout }, ...opsets],
    irVersion: model.irVersion,
    functions: model.functions,
  };
}

/** Its result is no tensor and nobody reads it any more. The operator's name stands in the node as plain bytes. */
function isZipMap(node: Uint8Array): boolean {
  return Buffer.from(node.buffer, node.byteOffset, node.byteLength).includes(zipMapField);
}

/** Field 4 (op_type), 6 bytes long. */
const zipMapField = Buffer.from('\u0022\u0006ZipMap', 'latin1');
