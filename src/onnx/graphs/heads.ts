import type { GraphBuilder } from './graph-builder.ts';

/**
 * Output names, unless a feature bears the same name (then with underscores appended); scores are always the first
 * output.
 */
export const outputNames = { probabilities: 'probabilities', label: 'label', value: 'value' } as const;

/** From logits FLOAT or DOUBLE (`[N, 1]` for two classes, else `[N, K]`) to `probabilities` and `label`. */
export function addClassHead(
  graph: GraphBuilder,
  classes: readonly string[],
  logits: string,
  type: 'float' | 'double',
): void {
  let probabilities: string;
  if (classes.length === 2) {
    const positive = graph.node('Sigmoid', [logits]);
    const one = graph.constant({ type, dims: [1], values: [1] });
    probabilities = graph.node('Concat', [graph.node('Sub', [one, positive]), positive], { axis: { int: 1 } });
  } else {
    probabilities = graph.node('Softmax', [logits], { axis: { int: 1 } });
  }
  addLabels(
    graph,
    classes,
    type === 'double' ? graph.node('Cast', [probabilities], { to: { int: 1 } }) : probabilities,
  );
}

/** Declares `probabilities` and the most probable class in the words of the business. */
export function addLabels(graph: GraphBuilder, classes: readonly string[], probabilities: string): void {
  const words = graph.constant({ type: 'string', dims: [classes.length], values: classes });
  const best = graph.node('ArgMax', [probabilities], { axis: { int: 1 }, keepdims: { int: 0 } });
  graph.output(outputNames.probabilities, 'float', ['N', classes.length], probabilities);
  graph.output(outputNames.label, 'string', ['N'], graph.node('Gather', [words, best], { axis: { int: 0 } }));
}

/** Declares `value`, FLOAT `[N, 1]`. */
export function addValueHead(graph: GraphBuilder, value: string): void {
  graph.output(outputNames.value, 'float', ['N', 1], value);
}
