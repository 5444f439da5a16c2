import { isText } from '../../domain/features/kind-of.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { startGraph } from './preprocessing-graph.ts';

/**
 * The derived features alone: the very nodes that stand in each version, with one output for each feature in the order
 * of the signature (`[N, 1]`, FLOAT, or STRING for a category; missing is NaN, or the empty text).
 */
export function derivedGraph(signature: Signature): Uint8Array {
  const { graph, tensorOf } = startGraph(signature);
  for (const column of signature.derived ?? [])
    graph.output(column.name, isText(column) ? 'string' : 'float', ['N', 1], tensorOf(column.name));
  return graph.finish({});
}
