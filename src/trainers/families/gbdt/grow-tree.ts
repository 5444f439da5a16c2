import type { Bins } from './bins.ts';
import { histogramLayout, subtractHistogram, type HistogramLayout } from './histogram.ts';
import type { Kernel } from './kernel/kernel.ts';
import { boundsOfChildren, stepOf, unbounded } from './monotone.ts';
import type { Bounds, Direction, NodeSums, Split, SplitRules } from './split.ts';
import { bestCategorySplit } from './split-category.ts';
import { bestNumberSplit } from './split-number.ts';
import { leftTable, type Tree, type TreeNode } from './tree.ts';

export interface GrowRules extends Omit<SplitRules, 'monotone'> {
  readonly leavesMax: number;
  /** The rows to grow on, ascending; absent: all. */
  readonly rows?: Int32Array;
  /** 1 for each column that may be asked about; absent: all. */
  readonly features?: Uint8Array;
  /** What answers may do as each column grows; absent: anything. */
  readonly directions?: readonly Direction[];
  /** Multiplies the Newton step of a leaf: learning rate, times the label's scale for regression. */
  readonly leafFactor: number;
}

/** A leaf of 1,000 features has a histogram of 6 MiB: 85 leaves of such a table are kept. */
const usualHistogramBytesMax = 512 * 1024 * 1024;

interface Leaf {
  readonly start: number;
  readonly sums: NodeSums;
  readonly bounds: Bounds;
  /** Added to the l2 of its value. */
  readonly leafL2: number;
  histogram: Float64Array | null;
  split: Split | null;
}

interface GrownNode {
  readonly split: Split;
  left: number;
  right: number;
}

/** Reusable memory for growing trees over one set of binned columns; grows leaf by leaf, best gain first. */
export class TreeGrower {
  readonly #kernel: Kernel;
  readonly #bins: readonly Bins[];
  readonly #layout: HistogramLayout;
  readonly #pool: Float64Array[] = [];
  readonly #keptMax: number;
  #kept = 0;

  /**
   * Histograms that leaves keep take `histogramBytesMax` bytes and two histograms at most; of a leaf that keeps none
   * both children are built from their rows. Which do so changes no sum.
   */
  constructor(kernel: Kernel, bins: readonly Bins[], histogramBytesMax = usualHistogramBytesMax) {
    this.#kernel = kernel;
    this.#bins = bins;
    this.#layout = histogramLayout(bins.map(({ count }) => count));
    this.#keptMax = Math.floor(histogramBytesMax / (this.#layout.cells * Float64Array.BYTES_PER_ELEMENT));
  }

  /**
   * Grows one tree by the gradients that the kernel was given, and adds its answers to `scores` of the rows that it is
   * grown on. A node of the tree is never deeper than its leaves.
   */
  grow(rules: GrowRules, scores: Float64Array): Tree {
    const sums = this.#kernel.begin(rules.rows ?? null);
    const root: Leaf = { start: 0, sums, bounds: unbounded, leafL2: 0, histogram: null, split: null };
    const leaves: Leaf[] = [root];
    const parents: { node: number; side: 'left' | 'right' }[] = [];
    const nodes: GrownNode[] = [];
    this.#prepare(root, null, rules);
    while (leaves.length < rules.leavesMax) {
      const chosen = bestLeaf(leaves);
      if (chosen < 0) break;
      const leaf = leaves[chosen];
      const split = leaf?.split;
      if (leaf === undefined || split === undefined || split === null) break;
      const [left, right] = this.#divide(leaf, split, rules);
      const id = nodes.push({ split, left: -(chosen + 1), right: -(leaves.length + 1) }) - 1;
      const link = parents[chosen];
      const parent = link === undefined ? undefined : nodes[link.node];
      if (link !== undefined && parent !== undefined) parent[link.side] = id;
      parents[chosen] = { node: id, side: 'left' };
      parents[leaves.length] = { node: id, side: 'right' };
      leaves[chosen] = left;
      leaves.push(right);
      if (leaves.length < rules.leavesMax) this.#prepareChildren(leaf, left, right, rules);
      else this.#release(leaf);
    }
    for (const leaf of leaves) this.#release(leaf);
    return {
      nodes: nodes.map(plainNode),
      leaves: leaves.map((leaf) => this.#settle(leaf, rules, scores)),
      leafRows: leaves.map((leaf) => leaf.sums.rows),
    };
  }

  #settle(leaf: Leaf, rules: GrowRules, scores: Float64Array): number {
    const step = stepOf(leaf.sums.gradient, leaf.sums.hessian, rules.l2 + leaf.leafL2, leaf.bounds);
    const value = Math.fround(step * rules.leafFactor);
    const { order } = this.#kernel;
    for (let i = leaf.start; i < leaf.start + leaf.sums.rows; i++) {
      const row = order[i] ?? 0;
      scores[row] = (scores[row] ?? 0) + value;
    }
    return value;
  }

  /**
   * Builds the smaller child and subtracts it from the parent for the larger; a child too small to split gets nothing.
   */
  #prepareChildren(parent: Leaf, left: Leaf, right: Leaf, rules: GrowRules): void {
    const [small, large] = left.sums.rows <= right.sums.rows ? [left, right] : [right, left];
    if (large.sums.rows < 2 * rules.rowsMin) {
      this.#release(parent);
      return;
    }
    this.#prepare(small, null, rules);
    const inherited = parent.histogram;
    if (inherited !== null && small.histogram !== null) subtractHistogram(inherited, small.histogram);
    parent.histogram = null;
    this.#prepare(large, inherited, rules);
    for (const leaf of [small, large]) if (leaf.split === null || this.#kept > this.#keptMax) this.#release(leaf);
  }

  #prepare(leaf: Leaf, histogram: Float64Array | null, rules: GrowRules): void {
    leaf.histogram = histogram ?? this.#take();
    if (histogram === null) this.#kernel.histogram(leaf.histogram, this.#layout, leaf.start, leaf.sums.rows);
    leaf.split = leaf.sums.rows < 2 * rules.rowsMin ? null : this.#bestSplit(leaf.histogram, leaf, rules);
  }

  #bestSplit(histogram: Float64Array, { sums, bounds }: Leaf, rules: GrowRules): Split | null {
    let best: Split | null = null;
    for (const [feature, bins] of this.#bins.entries()) {
      if (rules.features?.[feature] === 0) continue;
      const base = (this.#layout.offsets[feature] ?? 0) * 3;
      const find = bins.isCoded ? bestCategorySplit : bestNumberSplit;
      const split = find(histogram, base, bins.count, feature, sums, rulesFor(rules, feature, bounds));
      if (split !== null && (best === null || split.gain > best.gain)) best = split;
    }
    return best;
  }

  /** Row order within a child stays the order of the table. */
  #divide(leaf: Leaf, split: Split, { directions, l2 }: GrowRules): [Leaf, Leaf] {
    const table = leftTable(split, this.#bins[split.feature]?.count ?? 0);
    const left = leaf.start + this.#kernel.divide(split.feature, table, leaf.start, leaf.sums.rows);
    const rightSums: NodeSums = {
      gradient: leaf.sums.gradient - split.left.gradient,
      hessian: leaf.sums.hessian - split.left.hessian,
      rows: leaf.sums.rows - split.left.rows,
    };
    const { leafL2 = 0 } = split;
    const direction = directions?.[split.feature] ?? 0;
    const [leftBounds, rightBounds] = boundsOfChildren(direction, leaf.bounds, split.left, rightSums, l2);
    return [
      { start: leaf.start, sums: split.left, bounds: leftBounds, leafL2, histogram: null, split: null },
      { start: left, sums: rightSums, bounds: rightBounds, leafL2, histogram: null, split: null },
    ];
  }

  #take(): Float64Array {
    this.#kept++;
    return this.#pool.pop() ?? new Float64Array(this.#layout.cells);
  }

  #release(leaf: Leaf): void {
    if (leaf.histogram === null) return;
    this.#pool.push(leaf.histogram);
    this.#kept--;
    leaf.histogram = null;
  }
}

function bestLeaf(leaves: readonly Leaf[]): number {
  let best = -1;
  let gain = 0;
  for (const [index, leaf] of leaves.entries()) {
    if (leaf.split !== null && leaf.split.gain > gain) {
      gain = leaf.split.gain;
      best = index;
    }
  }
  return best;
}

/** What a search for splits of one feature in one node has to keep to. */
function rulesFor({ l2, rowsMin, directions }: GrowRules, feature: number, { lower, upper }: Bounds): SplitRules {
  if (directions === undefined) return { l2, rowsMin };
  return { l2, rowsMin, monotone: { direction: directions[feature] ?? 0, lower, upper } };
}

function plainNode({ split, left, right }: GrownNode): TreeNode {
  return {
    feature: split.feature,
    gain: split.gain,
    threshold: split.threshold,
    missingLeft: split.missingLeft,
    members: split.members,
    left,
    right,
  };
}
