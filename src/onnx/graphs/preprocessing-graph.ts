import { columnsRead } from '../../domain/features/expressions/expression.ts';
import { isText, kindOf } from '../../domain/features/kind-of.ts';
import type { Signature, SignatureColumn } from '../../domain/spec/signature.ts';
import type { FeatureKind, OutlierLimits } from '../../domain/spec/spec.ts';
import { ExpressionWriter, type InputTensor } from './expressions/expression-writer.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { Encoding } from './preprocessing.ts';
import { elementTypes, type GraphValue } from './wire.ts';

const inputTypes: Record<FeatureKind, InputTensor['type']> = {
  number: 'float',
  category: 'string',
  boolean: 'float',
  time: 'double',
};

/** A graph that has its inputs, and what its features are called in there. */
export interface StartedGraph {
  readonly graph: GraphBuilder;
  /**
   * Of a feature: FLOAT, DOUBLE for a time, STRING for a category; a number as the graph was asked to take it. A
   * derived one is written when asked for, and FLOAT unless it is text.
   */
  readonly tensorOf: (name: string) => string;
}

/**
 * One raw input per column of the signature: `[N, 1]`, named as the column. A number that an expression reads comes in
 * as float64, so that a small difference of large amounts is not lost before it is taken; so does every number where
 * `numbers` says that the model itself reads float64. `mayShareEqual` computes what several models read once.
 */
export function startGraph(
  signature: Signature,
  numbers: 'float' | 'double' = 'float',
  mayShareEqual = false,
): StartedGraph {
  const { columns, derived = [] } = signature;
  const read = new Set(derived.flatMap(({ expression }) => columnsRead(expression)));
  const isWide = ({ name, kind }: SignatureColumn): boolean =>
    kindOf(kind).isQuantity && (numbers === 'double' || read.has(name));
  const typeOf = (column: SignatureColumn): InputTensor['type'] =>
    isWide(column) ? 'double' : inputTypes[column.kind];
  const graph = new GraphBuilder(
    columns.map((column): GraphValue => ({ name: column.name, type: typeOf(column), dims: ['N', 1] })),
    { mayShareEqual },
  );
  const inputs = new Map(columns.map((column) => [column.name, { tensor: column.name, type: typeOf(column) }]));
  const writer = new ExpressionWriter(graph, inputs);
  const tensors = new Map<string, string>();
  const write = (name: string): string => {
    const computed = derived.find((one) => one.name === name);
    if (computed !== undefined)
      return isText(computed) ? writer.write(computed.expression) : writer.writeFloat(computed.expression);
    const column = columns.find((one) => one.name === name);
    if (column === undefined) throw new RangeError(`the signature has no feature ${name}`);
    const isNarrowed = isWide(column) && numbers === 'float';
    return isNarrowed ? graph.node('Cast', [name], { to: { int: elementTypes.float } }) : name;
  };
  const tensorOf = (name: string): string => {
    const tensor = tensors.get(name) ?? write(name);
    tensors.set(name, tensor);
    return tensor;
  };
  return { graph, tensorOf };
}

/** Adds the encoding of a feature; returns the name of its FLOAT `[N, 1]` tensor. */
export function addEncoding({ graph, tensorOf }: StartedGraph, feature: Encoding): string {
  const source = tensorOf(feature.source);
  if (feature.form === 'value') return feature.limits === undefined ? source : addLimits(graph, source, feature.limits);
  if (feature.form === 'code') return addCodes(graph, source, feature);
  const double = (value: number) => graph.constant({ type: 'double', dims: [1], values: [value] });
  const days = graph.node('Floor', [graph.node('Div', [source, double(86_400_000)])]);
  let result: string;
  if (feature.form === 'hour') {
    const ofDay = graph.node('Sub', [source, graph.node('Mul', [days, double(86_400_000)])]);
    result = graph.node('Div', [ofDay, double(3_600_000)]);
  } else {
    const day = graph.node('Add', [days, double(4)]);
    const weeks = graph.node('Floor', [graph.node('Div', [day, double(7)])]);
    result = graph.node('Sub', [day, graph.node('Mul', [weeks, double(7)])]);
  }
  return graph.node('Cast', [result], { to: { int: 1 } });
}

/** By comparisons, which no NaN passes: what `Clip` makes of one differs between machines. */
function addLimits(graph: GraphBuilder, source: string, { action, low, high }: OutlierLimits): string {
  const float = (value: number) => graph.constant({ type: 'float', dims: [1], values: [value] });
  const instead = (limit: number) => float(action === 'missing' ? Number.NaN : limit);
  const raised = graph.node('Where', [graph.node('Less', [source, float(low)]), instead(low), source]);
  return graph.node('Where', [graph.node('Greater', [source, float(high)]), instead(high), raised]);
}

function addCodes(graph: GraphBuilder, source: string, feature: Encoding & { form: 'code' }): string {
  // The entry for "" keeps the list non-empty when a column was missing everywhere.
  return graph.mlNode('LabelEncoder', [source], {
    keys_strings: { texts: ['', ...feature.codes.keys()] },
    values_floats: { floats: [0, ...feature.codes.values()] },
    default_float: { float: 0 },
  });
}
