import type { EnsembleNode, EnsembleTree } from '../graphs/tree-ensemble.ts';

/** A tree in flat arrays; a node without children is a leaf. Node 0 is the root. */
export interface FlatTree {
  /** Of a node: the feature that it asks for; of a leaf: -1. */
  readonly feature: Int32Array;
  readonly cut: Float64Array;
  readonly missingLeft: Uint8Array;
  /** Of a node that asks for a set. */
  readonly members: readonly (ReadonlySet<number> | null)[];
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Training rows that came here. */
  readonly cover: Float64Array;
  /** Of a leaf: what it adds; of a node: the mean of its leaves, each weighing as many rows as it had. */
  readonly value: Float64Array;
  /** Nodes on the longest way from the root to a leaf, without the leaf. */
  readonly depth: number;
  /** The features that it asks for at all. */
  readonly asked: readonly number[];
}

interface FlatNode {
  readonly feature: number;
  readonly cut: number;
  readonly missingLeft: number;
  readonly members: ReadonlySet<number> | null;
}

/** Throws `RangeError` where a leaf does not say how many rows it had. */
export function compileTree({ root }: EnsembleTree): FlatTree {
  const nodes: FlatNode[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const cover: number[] = [];
  const value: number[] = [];
  let deepest = 0;
  const add = (node: EnsembleNode, depth: number): number => {
    const at = left.push(-1) - 1;
    right.push(-1);
    if ('leaf' in node) {
      if (node.rows === undefined) throw new RangeError('a leaf does not say how many rows it had');
      nodes.push({ feature: -1, cut: 0, missingLeft: 0, members: null });
      cover.push(node.rows);
      value.push(node.leaf);
      return at;
    }
    deepest = Math.max(deepest, depth + 1);
    nodes.push(
      'members' in node
        ? { feature: node.feature, cut: 0, missingLeft: 0, members: new Set(node.members) }
        : { feature: node.feature, cut: node.cut, missingLeft: node.missingLeft ? 1 : 0, members: null },
    );
    cover.push(0);
    value.push(0);
    const one = (left[at] = add(node.left, depth + 1));
    const other = (right[at] = add(node.right, depth + 1));
    const [here, there] = [cover[one] ?? 0, cover[other] ?? 0];
    const rows = here + there;
    cover[at] = rows;
    value[at] = rows === 0 ? 0 : (here * (value[one] ?? 0) + there * (value[other] ?? 0)) / rows;
    return at;
  };
  add(root, 0);
  return {
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    cut: Float64Array.from(nodes, ({ cut }) => cut),
    missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => missingLeft),
    members: nodes.map(({ members }) => members),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    cover: Float64Array.from(cover),
    value: Float64Array.from(value),
    depth: deepest,
    asked: [...new Set(nodes.map(({ feature }) => feature).filter((feature) => feature >= 0))],
  };
}

/** The child that a row goes to, as `TreeEnsemble` of ONNX decides. */
export function childOf(tree: FlatTree, node: number, row: ArrayLike<number>): number {
  const value = row[tree.feature[node] ?? 0] ?? Number.NaN;
  const members = tree.members[node] ?? null;
  const isLeft =
    members === null
      ? Number.isNaN(value)
        ? tree.missingLeft[node] === 1
        : value <= (tree.cut[node] ?? 0)
      : members.has(value);
  return (isLeft ? tree.left[node] : tree.right[node]) ?? 0;
}
