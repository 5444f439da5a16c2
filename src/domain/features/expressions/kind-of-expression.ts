import type { FeatureKind } from '../../spec/spec.ts';
import { listNames, nearestName } from '../../words/nearest-name.ts';
import { columnsRead, expressionBounds, type Expression, type Operation } from './expression.ts';
import { sayKind } from './operand.ts';
import { operators } from './operators.ts';
import { offsetMsOf } from './time-offset.ts';

/** The kinds of the inputs by their names. */
export type InputKinds = ReadonlyMap<string, FeatureKind>;

/** What it gives, or why it can give nothing: one sentence and the way out. */
export type Typed = { readonly kind: FeatureKind } | { readonly message: string; readonly fix: string };

/** Checks an expression from its leaves up; the first fault is told. */
export function kindOfExpression(expression: Expression, inputs: InputKinds): Typed {
  return (
    tooLarge(expression) ??
    (columnsRead(expression).length === 0
      ? { message: 'reads no column', fix: 'Compute it from at least one input: col(...).' }
      : typed(expression, inputs))
  );
}

function typed(expression: Expression, inputs: InputKinds): Typed {
  if (expression.op === 'value') return { kind: 'number' };
  if (expression.op === 'column') {
    const kind = inputs.get(expression.name);
    if (kind !== undefined) return { kind };
    const known = [...inputs.keys()];
    const near = nearestName(expression.name, known);
    const fix = near === null ? `Use one of: ${listNames(known)}.` : `Did you mean ${near}?`;
    return { message: `reads ${expression.name}, which is no input`, fix };
  }
  const kinds: FeatureKind[] = [];
  for (const operand of expression.of) {
    const found = typed(operand, inputs);
    if (!('kind' in found)) return found;
    kinds.push(found.kind);
  }
  return problemOf(expression, kinds) ?? { kind: operators[expression.op].gives(kinds) };
}

function problemOf(operation: Operation, kinds: readonly FeatureKind[]): Typed | null {
  const { op, of } = operation;
  const rule = operators[op];
  if (of.length < rule.operandsMin || of.length > rule.operandsMax) {
    const wanted =
      rule.operandsMin === rule.operandsMax ? String(rule.operandsMin) : `${rule.operandsMin} to ${rule.operandsMax}`;
    return { message: `${op} takes ${wanted} operands, and has ${of.length}`, fix: `Give it ${wanted}.` };
  }
  if (!rule.takes.some((list) => kinds.every((kind) => list.includes(kind)))) {
    const given = of.map((operand, index) => `${sayOperand(operand)} is ${sayKind(kinds[index] ?? 'number')}`);
    return {
      message: `${op} takes ${rule.words}; ${given.join(', ')}`,
      fix: 'Read another column, or use another operator.',
    };
  }
  return faultOfSettings(operation);
}

/** What the members beside `of` have to be. */
function faultOfSettings(operation: Operation): Typed | null {
  if ('timeZone' in operation && offsetMsOf(operation.timeZone) === null)
    return {
      message: `${operation.op} is in ${JSON.stringify(operation.timeZone)}, which is no fixed offset from UTC`,
      fix: "Use 'UTC' or an offset such as '+05:30'; clocks that change are not computed in the graph.",
    };
  if (operation.op === 'bucket') {
    const isRising = operation.edges.every((edge, index, all) => index === 0 || edge > (all[index - 1] ?? edge));
    const { edges } = expressionBounds;
    if (!isRising || operation.edges.length === 0 || operation.edges.length > edges)
      return { message: `bucket needs 1 to ${edges} edges, each above the one before`, fix: 'Sort them.' };
  }
  if (operation.op === 'clip' && operation.min > operation.max)
    return { message: `clip has min ${operation.min} above max ${operation.max}`, fix: 'Swap them.' };
  if (operation.op === 'isWord' && operation.word === '')
    return { message: 'isWord compares with the empty text, which is missing', fix: 'Use isMissing(...).' };
  return null;
}

function tooLarge(expression: Expression): Typed | null {
  const { depth, nodes } = sizeOf(expression);
  const most = expressionBounds;
  if (depth <= most.depth && nodes <= most.nodes) return null;
  return {
    message: `is ${depth} deep and has ${nodes} parts; at most ${most.depth} and ${most.nodes} are computed`,
    fix: 'Compute it before, and send it as an input.',
  };
}

function sizeOf(expression: Expression): { readonly depth: number; readonly nodes: number } {
  if (!('of' in expression)) return { depth: 1, nodes: 1 };
  const parts = expression.of.map(sizeOf);
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    nodes: 1 + parts.reduce((sum, { nodes }) => sum + nodes, 0),
  };
}

function sayOperand(operand: Expression): string {
  if (operand.op === 'column') return operand.name;
  return operand.op === 'value' ? String(operand.value) : `${operand.op}(…)`;
}
