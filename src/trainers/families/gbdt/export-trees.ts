import type { EnsembleNode, EnsembleTree } from '../../../onnx/graphs/tree-ensemble.ts';
import type { Bins } from './bins.ts';
import type { Tree } from './tree.ts';

/** From bins back to values: thresholds become float32 cuts, member bins become category codes. */
export function exportTrees(rounds: readonly (readonly Tree[])[], bins: readonly Bins[]): EnsembleTree[] {
  return rounds.flatMap((round) => round.map((tree, target) => ({ target, root: exportNode(tree, 0, bins) })));
}

function exportNode(tree: Tree, at: number, bins: readonly Bins[]): EnsembleNode {
  if (at < 0 || tree.nodes.length === 0) {
    const leaf = at < 0 ? -at - 1 : 0;
    return { leaf: tree.leaves[leaf] ?? 0, rows: tree.leafRows[leaf] ?? 0 };
  }
  const node = tree.nodes[at];
  if (node === undefined) throw new RangeError('a tree refers to a node that it does not have');
  const children = { left: exportNode(tree, node.left, bins), right: exportNode(tree, node.right, bins) };
  if (node.members !== null) return { feature: node.feature, members: node.members.map((bin) => bin + 1), ...children };
  // The last bin as threshold means "everything that is not missing".
  const cut = bins[node.feature]?.cuts[node.threshold] ?? Infinity;
  return { feature: node.feature, cut, missingLeft: node.missingLeft, ...children };
}
