import type { Signature } from '../../domain/spec/signature.ts';
import type { GraphBuilder } from '../graphs/graph-builder.ts';
import { startGraph } from '../graphs/preprocessing-graph.ts';
import { addTrees, hasSplits, type EnsembleNode, type EnsembleTree } from '../graphs/tree-ensemble.ts';
import { addAnswer, checkAnswers } from './answer.ts';
import type { Dump, DumpNode } from './dump.ts';
import { codeOffset, FeatureTensors, missingCode } from './feature-tensors.ts';
import type { Place } from './match-features.ts';

/**
 * The dump as a file of ours: named raw inputs, one per column of the signature, the derived features that it reads,
 * its trees and its answers. `places`: the feature of the signature that each of its own is. A dump that compares
 * float64 gets float64, so that each number decides here as it did there. Throws `unsupported` where the dump and the
 * signature do not fit.
 */
export function dumpGraph(
  dump: Dump,
  places: readonly (Place | null)[],
  signature: Signature,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  checkAnswers(dump, signature);
  const started = startGraph(signature, dump.precision);
  const tensors = new FeatureTensors(started, dump, places, signature);
  const trees = dump.trees.map(({ target, root }): EnsembleTree => ({ target, root: ensembleNode(root, tensors) }));
  const sums = hasSplits(trees)
    ? addTrees(started.graph, tensors.tensors, trees, dump.base, dump.precision)
    : addConstant(started.graph, signature, trees, dump);
  addAnswer(started.graph, signature, dump, sums);
  return started.graph.finish(metadata);
}

/** Depth is bounded where dumps are read. */
function ensembleNode(node: DumpNode, tensors: FeatureTensors): EnsembleNode {
  if ('leaf' in node) return node;
  const form = 'members' in node ? 'code' : node.isZeroMissing ? 'nonzero' : 'plain';
  const feature = tensors.indexOf(node.feature, form);
  const children = { left: ensembleNode(node.left, tensors), right: ensembleNode(node.right, tensors) };
  if (!('members' in node)) return { feature, cut: node.cut, missingLeft: node.isMissingLeft, ...children };
  tensors.checkMembers(node.feature, node.members);
  const members = new Set(node.members.map((code) => code + codeOffset));
  if (node.isMissingMember) members.add(missingCode);
  return { feature, members: [...members].toSorted((left, right) => left - right), ...children };
}

/** The same sums for every row, of trees that ask nothing. */
function addConstant(
  graph: GraphBuilder,
  { columns }: Signature,
  trees: readonly EnsembleTree[],
  { base, precision }: Dump,
): string {
  const values = [...base];
  for (const { target, root } of trees) if ('leaf' in root) values[target] = (values[target] ?? 0) + root.leaf;
  const [first] = columns;
  if (first === undefined) throw new RangeError('a signature has at least one column');
  const sums = graph.constant({ type: precision, dims: [1, values.length], values });
  return graph.node('Expand', [sums, graph.node('Shape', [first.name])]);
}
