import type { Signature } from '../../domain/spec/signature.ts';
import { explainNotes } from './explain-notes.ts';
import { heads } from './heads.ts';
import { startGraph } from './preprocessing-graph.ts';

/**
 * The same answer for every row: class probabilities, or one value for regression. It still takes every input, so that
 * it can stand wherever a real model stands.
 */
export function priorGraph(
  signature: Signature,
  answer: readonly number[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { graph } = startGraph(signature);
  const first = signature.columns[0];
  if (first === undefined) throw new RangeError('a signature has at least one column');
  const shape = graph.node('Shape', [first.name]);
  const scores = graph.node('Expand', [
    graph.constant({ type: 'float', dims: [1, answer.length], values: answer }),
    shape,
  ]);
  heads[signature.task].fromScores(graph, signature.classes, scores);
  return graph.finish({ ...metadata, ...explainNotes({ encoded: [], sources: [], constant: [...answer] }) });
}
