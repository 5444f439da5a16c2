import type { Signature } from '../../domain/spec/signature.ts';
import type { StartedGraph } from './preprocessing-graph.ts';

/** What the nodes of one model come to: log-odds `[N, 1]`, logits `[N, K]`, or values `[N, 1]`. */
export interface AddedSums {
  readonly sums: string;
  readonly type: 'float' | 'double';
}

/** The same sums for every row, `[N, outputs]` in DOUBLE. */
export function addConstantSums({ graph }: StartedGraph, { columns }: Signature, values: readonly number[]): AddedSums {
  const [first] = columns;
  if (first === undefined) throw new RangeError('a signature has at least one column');
  const constant = graph.constant({ type: 'double', dims: [1, values.length], values });
  return { sums: graph.node('Expand', [constant, graph.node('Shape', [first.name])]), type: 'double' };
}
