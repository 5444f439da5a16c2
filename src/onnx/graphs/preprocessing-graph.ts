import type { Signature } from '../../domain/spec/signature.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { Encoding } from './preprocessing.ts';
import type { ElementType, GraphValue } from './wire.ts';

const inputTypes: Record<FeatureKind, ElementType> = {
  number: 'float',
  category: 'string',
  boolean: 'float',
  time: 'double',
};

/** A builder with one raw input per feature: `[N, 1]`, named as the feature. */
export function startGraph(signature: Signature): GraphBuilder {
  return new GraphBuilder(
    signature.columns.map(({ name, kind }): GraphValue => ({ name, type: inputTypes[kind], dims: ['N', 1] })),
  );
}

/** Adds one derived feature; returns the name of its FLOAT `[N, 1]` tensor. */
export function addEncoding(graph: GraphBuilder, feature: Encoding): string {
  if (feature.form === 'value') return feature.source;
  if (feature.form === 'code') return addCodes(graph, feature);
  const double = (value: number) => graph.constant({ type: 'double', dims: [1], values: [value] });
  const days = graph.node('Floor', [graph.node('Div', [feature.source, double(86_400_000)])]);
  let result: string;
  if (feature.form === 'hour') {
    const ofDay = graph.node('Sub', [feature.source, graph.node('Mul', [days, double(86_400_000)])]);
    result = graph.node('Div', [ofDay, double(3_600_000)]);
  } else {
    const day = graph.node('Add', [days, double(4)]);
    const weeks = graph.node('Floor', [graph.node('Div', [day, double(7)])]);
    result = graph.node('Sub', [day, graph.node('Mul', [weeks, double(7)])]);
  }
  return graph.node('Cast', [result], { to: { int: 1 } });
}

function addCodes(graph: GraphBuilder, feature: Encoding & { form: 'code' }): string {
  // The entry for "" keeps the list non-empty when a column was missing everywhere.
  return graph.mlNode('LabelEncoder', [feature.source], {
    keys_strings: { texts: ['', ...feature.codes.keys()] },
    values_floats: { floats: [0, ...feature.codes.values()] },
    default_float: { float: 0 },
  });
}
