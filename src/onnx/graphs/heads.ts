import type { TaskName } from '../../domain/spec/spec.ts';
import type { ScoreMap } from '../../domain/training/calibration/score-map.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { mapLogits, mapOdds, type AddMaps } from './score-maps.ts';

/**
 * Output names, unless a feature bears the same name (then with underscores appended); scores are always the first
 * output.
 */
export const outputNames = { probabilities: 'probabilities', label: 'label', value: 'value' } as const;

export type ScoreType = 'float' | 'double';

/** How a graph ends, for what it predicts. */
export interface Head {
  /**
   * From the sums of a model, FLOAT or DOUBLE: `[N, 1]` for two classes and for a value, else `[N, K]`. `maps` are what
   * becomes of sums of classes first; a graph without any is the one that it was before there were maps.
   */
  fromSums(
    graph: GraphBuilder,
    classes: readonly string[],
    sums: string,
    type: ScoreType,
    maps?: readonly ScoreMap[],
  ): void;
  /** From finished scores, `[N, K]`, `[N, 1]` for a value; they stay in the type that they come in. */
  fromScores(graph: GraphBuilder, classes: readonly string[], scores: string, type?: ScoreType): void;
}

export const heads: Record<TaskName, Head> = {
  binary: classHead((graph, sums, type) => {
    const positive = graph.node('Sigmoid', [sums]);
    const one = graph.constant({ type, dims: [1], values: [1] });
    return graph.node('Concat', [graph.node('Sub', [one, positive]), positive], { axis: { int: 1 } });
  }, mapOdds),
  multiclass: classHead((graph, sums) => graph.node('Softmax', [sums], { axis: { int: 1 } }), mapLogits),
  regression: {
    fromSums: (graph, _classes, sums, type) => addValue(graph, toFloat(graph, sums, type)),
    fromScores: (graph, _classes, value, type) => addValue(graph, value, type),
  },
};

type Link = (graph: GraphBuilder, sums: string, type: ScoreType) => string;

function classHead(probabilitiesOf: Link, addMaps: AddMaps): Head {
  return {
    fromSums(graph, classes, sums, type, maps = []) {
      const isMapped = maps.length > 0;
      const scores = isMapped ? addMaps(graph, sums, type, maps) : sums;
      const own = isMapped ? 'double' : type;
      addLabels(graph, classes, toFloat(graph, probabilitiesOf(graph, scores, own), own));
    },
    fromScores: addLabels,
  };
}

function toFloat(graph: GraphBuilder, tensor: string, type: ScoreType): string {
  return type === 'double' ? graph.node('Cast', [tensor], { to: { int: 1 } }) : tensor;
}

/** Declares `probabilities` and the most probable class in the words of the business. */
function addLabels(
  graph: GraphBuilder,
  classes: readonly string[],
  probabilities: string,
  type: ScoreType = 'float',
): void {
  const words = graph.constant({ type: 'string', dims: [classes.length], values: classes });
  const best = graph.node('ArgMax', [probabilities], { axis: { int: 1 }, keepdims: { int: 0 } });
  graph.output(outputNames.probabilities, type, ['N', classes.length], probabilities);
  graph.output(outputNames.label, 'string', ['N'], graph.node('Gather', [words, best], { axis: { int: 0 } }));
}

/** Declares `value`, `[N, 1]`. */
function addValue(graph: GraphBuilder, value: string, type: ScoreType = 'float'): void {
  graph.output(outputNames.value, type, ['N', 1], value);
}
