import {
  logProbabilityMin,
  oddsProbabilityMin,
  scoreMax,
  type Curve,
  type ScoreMap,
} from '../../domain/training/calibration/score-map.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** How maps are added behind the sums of a model that answers classes. */
export type AddMaps = (
  graph: GraphBuilder,
  sums: string,
  type: 'float' | 'double',
  maps: readonly ScoreMap[],
) => string;

/** Log-odds `[N, 1]` in, log-odds in DOUBLE out: what `applyScoreMaps` does, node by node. */
export const mapOdds: AddMaps = (graph, sums, type, maps) => {
  let scores = clip(graph, toDouble(graph, sums, type), -scoreMax, scoreMax);
  for (const map of maps) scores = clip(graph, mappedOdds(graph, scores, map), -scoreMax, scoreMax);
  return scores;
};

/** Logits `[N, K]` in, logarithms of probabilities in DOUBLE out. */
export const mapLogits: AddMaps = (graph, sums, type, maps) => {
  let scores = normalised(graph, toDouble(graph, sums, type));
  for (const map of maps) scores = normalised(graph, mappedLogits(graph, scores, map));
  return scores;
};

function mappedOdds(graph: GraphBuilder, scores: string, map: ScoreMap): string {
  if (map.kind === 'shift') return add(graph, scores, [(map.by[1] ?? 0) - (map.by[0] ?? 0)]);
  if (map.kind === 'platt') return add(graph, times(graph, scores, [map.slope]), [map.intercept]);
  if (map.kind === 'temperature') return times(graph, scores, [1 / map.temperature]);
  const [curve] = map.curves;
  return curve === undefined ? scores : addCurve(graph, scores, curve);
}

function mappedLogits(graph: GraphBuilder, scores: string, map: ScoreMap): string {
  if (map.kind === 'shift') return add(graph, scores, map.by);
  if (map.kind === 'temperature') return times(graph, scores, [1 / map.temperature]);
  if (map.kind === 'platt') return scores;
  const probabilities = clip(graph, graph.node('Exp', [scores]), oddsProbabilityMin, 1 - oddsProbabilityMin);
  const rest = graph.node('Sub', [row(graph, [1]), probabilities]);
  const odds = graph.node('Sub', [graph.node('Log', [probabilities]), graph.node('Log', [rest])]);
  const mapped = map.curves.map((curve, k) => addCurve(graph, columnAt(graph, odds, k), curve));
  const joined = graph.node('Concat', mapped, { axis: { int: 1 } });
  return graph.node('Log', [graph.node('Sigmoid', [joined])]);
}

/**
 * `[N, 1]` in and out. Each stretch between two knots adds what it has risen by, so that the sum of terms that never
 * fall never falls, whatever is rounded.
 */
function addCurve(graph: GraphBuilder, scores: string, { scores: knots, values }: Curve): string {
  const stretches = knots.slice(1).map((to, at) => {
    const from = knots[at] ?? to;
    return { from, inverse: 1 / (to - from), rise: (values[at + 1] ?? 0) - (values[at] ?? 0) };
  });
  const first = values[0] ?? 0;
  // Also of one knot the tensor has to have as many rows as came in.
  if (stretches.length === 0) return add(graph, times(graph, scores, [0]), [first]);
  const past = graph.node('Sub', [
    scores,
    row(
      graph,
      stretches.map(({ from }) => from),
    ),
  ]);
  const done = clip(
    graph,
    times(
      graph,
      past,
      stretches.map(({ inverse }) => inverse),
    ),
    0,
    1,
  );
  const rises = graph.constant({
    type: 'double',
    dims: [stretches.length, 1],
    values: stretches.map(({ rise }) => rise),
  });
  return add(graph, graph.node('MatMul', [done, rises]), [first]);
}

function columnAt(graph: GraphBuilder, matrix: string, column: number): string {
  const index = graph.constant({ type: 'int64', dims: [1], values: [column] });
  return graph.node('Gather', [matrix, index], { axis: { int: 1 } });
}

function normalised(graph: GraphBuilder, scores: string): string {
  const logs = graph.node('LogSoftmax', [scores], { axis: { int: 1 } });
  return graph.node('Max', [logs, row(graph, [logProbabilityMin])]);
}

function add(graph: GraphBuilder, scores: string, values: readonly number[]): string {
  return graph.node('Add', [scores, row(graph, values)]);
}

function times(graph: GraphBuilder, scores: string, values: readonly number[]): string {
  return graph.node('Mul', [scores, row(graph, values)]);
}

function row(graph: GraphBuilder, values: readonly number[]): string {
  return graph.constant({ type: 'double', dims: [1, values.length], values });
}

function clip(graph: GraphBuilder, scores: string, low: number, high: number): string {
  const limit = (value: number) => graph.constant({ type: 'double', dims: [], values: [value] });
  return graph.node('Clip', [scores, limit(low), limit(high)]);
}

function toDouble(graph: GraphBuilder, tensor: string, type: 'float' | 'double'): string {
  return type === 'double' ? tensor : graph.node('Cast', [tensor], { to: { int: 11 } });
}
