/**
 * A tree over bins, as plain JSON (it is also the checkpoint). A child >= 0 is a node, a child < 0 is leaf `-child -
 * 1`. A tree without nodes is the single leaf 0.
 */
export interface Tree {
  readonly nodes: readonly TreeNode[];
  /** float32 values, learning rate applied. */
  readonly leaves: readonly number[];
  /** Training rows in each leaf, as they were grown. */
  readonly leafRows: readonly number[];
}

export interface TreeNode {
  readonly feature: number;
  readonly gain: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  readonly members: readonly number[] | null;
  readonly left: number;
  readonly right: number;
}

/** For each of 256 bins, 1 when it goes left: one table look-up per row instead of three branches. */
export function leftTable(
  node: Pick<TreeNode, 'threshold' | 'missingLeft' | 'members'>,
  missingBin: number,
): Uint8Array {
  const table = new Uint8Array(256);
  if (node.members !== null) for (const bin of node.members) table[bin] = 1;
  else {
    table.fill(1, 0, node.threshold + 1);
    table[missingBin] = node.missingLeft ? 1 : 0;
  }
  return table;
}

/** Adds the tree's answer for each row to `scores`. `columns` are binned features, `binCounts` their missing bins. */
export function addTree(
  tree: Tree,
  columns: readonly Uint8Array[],
  binCounts: readonly number[],
  scores: Float64Array,
): void {
  const only = tree.leaves[0] ?? 0;
  if (tree.nodes.length === 0) {
    for (let row = 0; row < scores.length; row++) scores[row] = (scores[row] ?? 0) + only;
    return;
  }
  const nodes = tree.nodes.map((node) => ({
    column: columns[node.feature] ?? new Uint8Array(0),
    table: leftTable(node, binCounts[node.feature] ?? 0),
    left: node.left,
    right: node.right,
  }));
  for (let row = 0; row < scores.length; row++) {
    let at = 0;
    while (at >= 0) {
      const node = nodes[at];
      if (node === undefined) throw new RangeError('a tree refers to a node that it does not have');
      at = node.table[node.column[row] ?? 0] === 1 ? node.left : node.right;
    }
    scores[row] = (scores[row] ?? 0) + (tree.leaves[-at - 1] ?? 0);
  }
}
