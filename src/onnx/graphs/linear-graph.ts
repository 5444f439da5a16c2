import type { ScoreMap } from '../../domain/training/calibration/score-map.ts';
import { explainNotes } from './explain-notes.ts';
import { heads } from './heads.ts';
import type { AddedSums } from './added-sums.ts';
import { addEncoding, startGraph, type StartedGraph } from './preprocessing-graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { LinearCategory, LinearNumber, LinearParameters } from './linear-parameters.ts';
import type { Preprocessing } from './preprocessing.ts';

/** Standardised values are cut here: a sensor gone wild must not drive a linear score to infinity. */
export const standardisedMax = 8;

/** Each step rounded to float32, exactly as the graph does it; a constant column gives 0 whatever comes. */
export function standardise(value: number, by: Pick<LinearNumber, 'mean' | 'inverseScale'>): number {
  const centred = Number.isNaN(value) ? 0 : Math.fround(value - by.mean);
  const scaled = Math.fround(centred * by.inverseScale);
  return Number.isNaN(scaled) ? 0 : Math.max(-standardisedMax, Math.min(standardisedMax, scaled));
}

/**
 * score = bias + W · clip((x or mean − mean) / scale) + V · isMissing(x) + Σ table[code]; sums in float64. `expected`
 * are the means of the terms of each encoding over the training rows, one per output; `maps` are what becomes of sums
 * of classes.
 */
export function linearGraph(
  preprocessing: Preprocessing,
  parameters: LinearParameters,
  metadata: Readonly<Record<string, string>>,
  expected: readonly (readonly number[])[],
  maps: readonly ScoreMap[] = [],
): Uint8Array {
  const { signature, encodings } = preprocessing;
  const started = startGraph(signature);
  const { graph } = started;
  const { sums, type, encoded } = addLinearModel(started, preprocessing, parameters);
  heads[signature.task].fromSums(graph, signature.classes, sums, type, maps);
  const sources = encodings.map(({ source }) => source);
  const notes = explainNotes({ encoded, sources, linear: { ...parameters, expected } });
  return graph.finish({ ...metadata, ...notes });
}

/** Preprocessing and weights in a graph that may hold other models as well. */
export function addLinearModel(
  started: StartedGraph,
  { encodings }: Preprocessing,
  parameters: LinearParameters,
): AddedSums & { readonly encoded: readonly string[] } {
  const { graph } = started;
  const outputs = parameters.bias.length;
  const encoded = new Array<string>(encodings.length).fill('');
  const tensor = (index: number): string => {
    const feature = encodings[index];
    if (feature === undefined) throw new RangeError(`encoding feature ${index} does not exist`);
    const name = addEncoding(started, feature);
    encoded[index] = name;
    return name;
  };
  const terms: string[] = [];
  if (parameters.numbers.length > 0) terms.push(addNumbers(graph, parameters.numbers, tensor));
  for (const category of parameters.categories) terms.push(addCategory(graph, category, outputs, tensor));
  let scores = graph.constant({ type: 'double', dims: [1, outputs], values: parameters.bias });
  for (const term of terms) scores = graph.node('Add', [term, scores]);
  return { sums: scores, type: 'double', encoded };
}

function addNumbers(graph: GraphBuilder, numbers: readonly LinearNumber[], tensor: (index: number) => string): string {
  const row = (values: readonly number[]) => graph.constant({ type: 'float', dims: [1, values.length], values });
  const limit = (value: number) => graph.constant({ type: 'float', dims: [], values: [value] });
  const names = numbers.map(({ encoding }) => tensor(encoding));
  const matrix = names.length === 1 ? (names[0] ?? '') : graph.node('Concat', names, { axis: { int: 1 } });
  const missing = graph.node('IsNaN', [matrix]);
  const means = row(numbers.map(({ mean }) => mean));
  const imputed = graph.node('Where', [missing, means, matrix]);
  const scaled = graph.node('Mul', [
    graph.node('Sub', [imputed, means]),
    row(numbers.map(({ inverseScale }) => inverseScale)),
  ]);
  const clipped = graph.node('Clip', [scaled, limit(-standardisedMax), limit(standardisedMax)]);
  const weigh = (values: string, weights: (number: LinearNumber) => readonly number[]): string => {
    const flat = numbers.flatMap((number) => [...weights(number)]);
    const matrixOfWeights = graph.constant({
      type: 'double',
      dims: [numbers.length, flat.length / numbers.length],
      values: flat,
    });
    return graph.node('MatMul', [graph.node('Cast', [values], { to: { int: 11 } }), matrixOfWeights]);
  };
  return graph.node('Add', [
    weigh(clipped, (number) => number.weights),
    weigh(missing, (number) => number.missingWeights),
  ]);
}

function addCategory(
  graph: GraphBuilder,
  category: LinearCategory,
  outputs: number,
  tensor: (index: number) => string,
): string {
  const codes = graph.node('Cast', [tensor(category.encoding)], { to: { int: 7 } });
  const table = graph.constant({
    type: 'double',
    dims: [category.table.length, outputs],
    values: category.table.flat(),
  });
  const rows = graph.node('Gather', [table, codes], { axis: { int: 0 } });
  return graph.node('Reshape', [rows, graph.constant({ type: 'int64', dims: [2], values: [-1, outputs] })]);
}
