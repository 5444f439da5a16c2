import type { ForeignFunction, ForeignGraphParts, ForeignModel, ForeignNode } from '../file/foreign-model.ts';
import { attributeAmong } from '../file/read-attribute.ts';
import { valuesOf } from '../file/read-tensor.ts';
import { refusedFile } from '../file/refused-file.ts';
import { growing, shapedByShapes, shapedByValues } from './shape-rules.ts';

/** What a value depends on: on nothing, on how many rows there are, or on what stands in them. */
const constant = 0;
const rows = 1;
const data = 2;
type Dependence = typeof constant | typeof rows | typeof data;

/** Values that one step may make out of constants alone. */
const madeSizeMax = 16 * 1024 * 1024;
/** Operands that say a size have one value per dimension. */
const operandValuesMax = 64;
/** Steps that are looked at, each call of a function anew: functions that call functions grow like powers. */
const stepsMax = 200_000;
const callDepthMax = 16;

interface Walk {
  readonly functions: ReadonlyMap<string, readonly ForeignFunction[]>;
  steps: number;
}

/** Names in sight; an inner graph sees those around it. */
interface Scope {
  readonly known: Map<string, Dependence>;
  /** Readers of what stands in the file as it is. */
  readonly literals: Map<string, () => readonly (number | string)[]>;
  readonly outer: Scope | null;
}

/**
 * Refuses a graph in which the size of anything could follow from the values of the rows: memory is then a function of
 * the number of rows alone, and what a model takes at its import is what it takes when it serves. Throws `unsupported`.
 */
export function checkShapes(model: ForeignModel): void {
  const functions = new Map<string, ForeignFunction[]>();
  for (const one of model.functions) {
    const key = `${one.domain}:${one.name}`;
    functions.set(key, [...(functions.get(key) ?? []), one]);
  }
  const scope: Scope = { known: new Map(), literals: new Map(), outer: null };
  for (const { name } of model.inputs) scope.known.set(name, data);
  walkGraph({ functions, steps: 0 }, model, scope, 0);
}

function walkGraph(walk: Walk, graph: ForeignGraphParts, scope: Scope, depth: number): void {
  for (const [name, tensor] of graph.initializers) {
    scope.known.set(name, constant);
    scope.literals.set(name, () => valuesOf(tensor, operandValuesMax));
  }
  for (const node of graph.nodes) walkNode(walk, node, scope, depth);
}

function walkNode(walk: Walk, node: ForeignNode, scope: Scope, depth: number): void {
  if (++walk.steps > stepsMax || depth > callDepthMax)
    throw refusedFile('calls functions inside functions without end', 'Export it without functions (inlined).');
  const own = walk.functions.get(`${node.domain}:${node.op}`);
  const made = own === undefined ? stepOf(walk, node, scope, depth) : callOf(walk, node, own, scope, depth);
  node.outputs.forEach((name, index) => scope.known.set(name, made[index] ?? made[0] ?? data));
}

/** What each output of a standard operator depends on. */
function stepOf(walk: Walk, node: ForeignNode, scope: Scope, depth: number): readonly Dependence[] {
  const most = worst(node.inputs.map((name) => dependenceOf(scope, name)));
  if (node.op === 'Constant') {
    const forms = ['value', 'value_int', 'value_ints', 'value_float'];
    scope.literals.set(node.outputs[0] ?? '', () => attributeAmong(node, forms).slice(0, operandValuesMax));
    return [constant];
  }
  if (node.op === 'Shape' || node.op === 'Size') return [most === constant ? constant : rows];
  if (node.op === 'If') return ifOf(walk, node, scope, depth);
  if (node.op === 'Scan') return scanOf(walk, node, scope, depth);
  const operands = Object.hasOwn(shapedByValues, node.op) ? shapedByValues[node.op] : undefined;
  if (operands === undefined && !isShapedByShapes(node))
    throw refusedFile(
      `uses ${wordOf(node)}, whose answer can have any size`,
      'Export it with operators whose outputs have a shape that follows from the number of rows.',
    );
  for (const at of operands ?? []) checkOperand(node, node.inputs[at] ?? '', scope);
  return [most];
}

function isShapedByShapes(node: ForeignNode): boolean {
  // Without words to leave out it gives as many texts as it takes.
  if (node.op === 'StringNormalizer') return !node.attributes.has('stopwords');
  return shapedByShapes.has(node.op);
}

/** An operand that says how large the output is. */
function checkOperand(node: ForeignNode, operand: string, scope: Scope): void {
  if (operand === '') return;
  if (dependenceOf(scope, operand) === data)
    throw refusedFile(
      `makes something whose size follows from the values of a row (${wordOf(node)})`,
      'Export it so that all sizes follow from the number of rows: without Range, Expand, Tile, ConstantOfShape or ' +
        'NonZero over computed values.',
    );
  if (!growing.has(node.op)) return;
  const values = (literalOf(scope, operand)?.() ?? []).map((value) => Math.max(1, Math.abs(Number(value))));
  const size = values.reduce((all, value) => (node.op === 'Range' ? Math.max(all, value) : all * value), 1);
  if (size > madeSizeMax)
    throw refusedFile(
      `makes ${size} values with ${wordOf(node)}; at most ${madeSizeMax} are served`,
      'Export a smaller model.',
    );
}

/** Which branch runs must not follow from the rows: one of them decides then for all that were sent together. */
function ifOf(walk: Walk, node: ForeignNode, scope: Scope, depth: number): readonly Dependence[] {
  const condition = dependenceOf(scope, node.inputs[0] ?? '');
  if (condition === data)
    throw refusedFile(
      'decides by the values of the rows which part of it runs (If)',
      'Export it without branches over data, such as with Where.',
    );
  const outputs = node.graphs.map((graph) => outputsOf(walk, graph, inside(scope), depth));
  return node.outputs.map((_, index) => worst([condition, ...outputs.map((made) => made[index] ?? data)]));
}

/** A body that runs once per element of its inputs; what it carries along is data. */
function scanOf(walk: Walk, node: ForeignNode, scope: Scope, depth: number): readonly Dependence[] {
  for (const graph of node.graphs) {
    const body = inside(scope);
    for (const { name } of graph.inputs) body.known.set(name, data);
    outputsOf(walk, graph, body, depth);
  }
  return [data];
}

function outputsOf(walk: Walk, graph: ForeignGraphParts, scope: Scope, depth: number): readonly Dependence[] {
  walkGraph(walk, graph, scope, depth + 1);
  return graph.outputs.map(({ name }) => dependenceOf(scope, name));
}

/** A function is looked at with the very operands of each call. */
function callOf(
  walk: Walk,
  node: ForeignNode,
  functions: readonly ForeignFunction[],
  scope: Scope,
  depth: number,
): readonly Dependence[] {
  const made = functions.map((called) => {
    const body: Scope = { known: new Map(), literals: new Map(), outer: null };
    called.inputs.forEach((name, index) => {
      const operand = node.inputs[index] ?? '';
      body.known.set(name, operand === '' ? constant : dependenceOf(scope, operand));
      const literal = literalOf(scope, operand);
      if (literal !== null) body.literals.set(name, literal);
    });
    for (const inner of called.nodes) walkNode(walk, inner, body, depth + 1);
    return called.outputs.map((name) => dependenceOf(body, name));
  });
  return node.outputs.map((_, index) => worst(made.map((outputs) => outputs[index] ?? data)));
}

function inside(outer: Scope): Scope {
  return { known: new Map(), literals: new Map(), outer };
}

/** A name that nobody has made yet may hold anything. */
function dependenceOf(scope: Scope, name: string): Dependence {
  if (name === '') return constant;
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = at.known.get(name);
    if (found !== undefined) return found;
  }
  return data;
}

function literalOf(scope: Scope, name: string): (() => readonly (number | string)[]) | null {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    if (at.known.has(name)) return at.literals.get(name) ?? null;
  }
  return null;
}

function worst(all: readonly Dependence[]): Dependence {
  return all.reduce<Dependence>((most, one) => (one > most ? one : most), constant);
}

function wordOf(node: ForeignNode): string {
  return node.op.replace(/\W/g, '').slice(0, 40) || 'an operator without a name';
}
