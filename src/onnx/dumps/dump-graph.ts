import type { Signature } from '../../domain/spec/signature.ts';
import type { GraphBuilder } from '../graphs/graph-builder.ts';
import { startGraph } from '../graphs/preprocessing-graph.ts';
import { addTrees, hasSplits, type EnsembleNode, type EnsembleTree } from '../graphs/tree-ensemble.ts';
import { addAnswer, orderOfSums } from './answer.ts';
import type { Dump, DumpNode } from './dump.ts';
import { codeOffset, FeatureTensors, missingCode } from './feature-tensors.ts';
import { matchFeatures } from './match-features.ts';

/** What is known of a dump that it does not say itself. */
export interface SaidOfDump {
  /** Words of the classes in the order of their codes 0, 1, ...; that of the signature unless said. */
  readonly classes?: readonly string[];
  /** By feature, its words in the order of their codes; for a dump that holds codes alone. */
  readonly categories?: ReadonlyMap<string, readonly string[]>;
}

/**
 * The dump as a file of ours: named raw inputs, one per column of the signature, the derived features that it reads,
 * its trees and its answers. A dump that compares float64 gets float64, so that each number decides here as it did
 * there. Throws `unsupported` where the dump and the signature do not fit.
 */
export function dumpGraph(
  dump: Dump,
  signature: Signature,
  metadata: Readonly<Record<string, string>>,
  said: SaidOfDump = {},
): Uint8Array {
  const places = matchFeatures(dump, signature);
  const order = orderOfSums(dump, signature, said.classes ?? signature.classes);
  const started = startGraph(signature, dump.precision);
  const worded = { ...dump, features: dump.features.map((feature, at) => ({ ...feature, words: wordsOf(at) })) };
  const tensors = new FeatureTensors(started, worded, places, signature);
  const trees = dump.trees.map(({ target, root }): EnsembleTree => ({
    target: order[target] ?? target,
    root: ensembleNode(root, tensors),
  }));
  const base = dump.base.map((_, to) => dump.base[order.indexOf(to)] ?? 0);
  const sums = hasSplits(trees)
    ? addTrees(started.graph, tensors.tensors, trees, base, dump.precision)
    : addConstant(started.graph, signature, trees, base, dump.precision);
  addAnswer(started.graph, signature, dump, sums, said.classes ?? signature.classes);
  return started.graph.finish(metadata);

  /** The file's own words are those that it was trained on. */
  function wordsOf(at: number): readonly string[] | null {
    const place = places[at] ?? null;
    return dump.features[at]?.words ?? (place === null ? null : (said.categories?.get(place.name) ?? null));
  }
}

/** Depth is bounded where dumps are read. */
function ensembleNode(node: DumpNode, tensors: FeatureTensors): EnsembleNode {
  if ('leaf' in node) return node;
  const form = 'members' in node ? 'code' : node.isZeroMissing ? 'nonzero' : 'number';
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
  base: readonly number[],
  type: Dump['precision'],
): string {
  const values = [...base];
  for (const { target, root } of trees) if ('leaf' in root) values[target] = (values[target] ?? 0) + root.leaf;
  const [first] = columns;
  if (first === undefined) throw new RangeError('a signature has at least one column');
  const sums = graph.constant({ type, dims: [1, values.length], values });
  return graph.node('Expand', [sums, graph.node('Shape', [first.name])]);
}
