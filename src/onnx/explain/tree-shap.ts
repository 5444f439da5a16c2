import { childOf, type FlatTree } from './compile-tree.ts';

/**
 * Reusable memory: the path from the root to each node of the current branch, one after the other, as `m` of
 * Algorithm 2 has it. Four numbers per step.
 */
interface Paths {
  readonly feature: Int32Array;
  /** Share of the training rows that take this way without the feature being known. */
  readonly zero: Float64Array;
  /** 1 where the row takes this way, otherwise 0. */
  readonly one: Float64Array;
  /** Weight of the subsets of each size. */
  readonly weight: Float64Array;
}

/**
 * Path-dependent TreeSHAP: Algorithm 2 of Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for
 * Tree Ensembles" (2018), which is exact for the expectation that follows the counts of training rows in the tree.
 * Of a tree with L leaves and depth D a row costs O(L D²).
 */
export class TreeShap {
  readonly #trees: readonly FlatTree[];
  readonly #paths: Paths;

  constructor(trees: readonly FlatTree[]) {
    this.#trees = trees;
    const depth = trees.reduce((most, tree) => Math.max(most, tree.depth), 0) + 2;
    const cells = (depth * (depth + 1)) / 2 + depth;
    this.#paths = {
      feature: new Int32Array(cells),
      zero: new Float64Array(cells),
      one: new Float64Array(cells),
      weight: new Float64Array(cells),
    };
  }

  /** What the trees say on average over their training rows. */
  get expected(): number {
    return this.#trees.reduce((sum, { value }) => sum + (value[0] ?? 0), 0);
  }

  /** What they say of this row; NaN is missing. */
  score(row: ArrayLike<number>): number {
    let sum = 0;
    for (const tree of this.#trees) {
      let at = 0;
      while ((tree.left[at] ?? -1) >= 0) at = childOf(tree, at, row);
      sum += tree.value[at] ?? 0;
    }
    return sum;
  }

  /** Adds the contribution of each feature (column of the row) to `into`. */
  addContributions(row: ArrayLike<number>, into: Float64Array): void {
    for (const tree of this.#trees) this.#walk(tree, row, into, 0, 0, 0, 1, 1, -1);
  }

  /** `from` is where the path of this node begins, and `steps` how many the path of its parent has. */
  #walk(
    tree: FlatTree,
    row: ArrayLike<number>,
    into: Float64Array,
    node: number,
    from: number,
    steps: number,
    ownZero: number,
    ownOne: number,
    feature: number,
  ): void {
    const paths = this.#paths;
    extend(paths, from, steps, ownZero, ownOne, feature);
    if ((tree.left[node] ?? -1) < 0) {
      const value = tree.value[node] ?? 0;
      for (let step = 1; step <= steps; step++) {
        const at = from + step;
        const moved = unwoundSum(paths, from, steps, step) * ((paths.one[at] ?? 0) - (paths.zero[at] ?? 0)) * value;
        const column = paths.feature[at] ?? 0;
        into[column] = (into[column] ?? 0) + moved;
      }
      return;
    }
    const asked = tree.feature[node] ?? 0;
    const hot = childOf(tree, node, row);
    const [left = 0, right = 0] = [tree.left[node], tree.right[node]];
    const cold = hot === left ? right : left;
    const cover = tree.cover[node] ?? 0;
    let last = steps;
    let incomingZero = 1;
    let incomingOne = 1;
    // A feature that was asked above counts once: its earlier step is taken back.
    for (let step = 1; step <= steps; step++) {
      if (paths.feature[from + step] !== asked) continue;
      incomingZero = paths.zero[from + step] ?? 1;
      incomingOne = paths.one[from + step] ?? 1;
      unwind(paths, from, steps, step);
      last = steps - 1;
      break;
    }
    const next = from + last + 1;
    // Nobody goes there, whatever is known, where both are 0.
    const hotZero = cover === 0 ? 0 : (incomingZero * (tree.cover[hot] ?? 0)) / cover;
    if (hotZero !== 0 || incomingOne !== 0) {
      copy(paths, from, next, last + 1);
      this.#walk(tree, row, into, hot, next, last + 1, hotZero, incomingOne, asked);
    }
    const coldZero = cover === 0 ? 0 : (incomingZero * (tree.cover[cold] ?? 0)) / cover;
    if (coldZero !== 0) {
      copy(paths, from, next, last + 1);
      this.#walk(tree, row, into, cold, next, last + 1, coldZero, 0, asked);
    }
  }
}

/** A loop: paths are short, and `copyWithin` costs more than it moves. */
function copy({ feature, zero, one, weight }: Paths, from: number, to: number, count: number): void {
  for (let i = 0; i < count; i++) {
    feature[to + i] = feature[from + i] ?? 0;
    zero[to + i] = zero[from + i] ?? 0;
    one[to + i] = one[from + i] ?? 0;
    weight[to + i] = weight[from + i] ?? 0;
  }
}

/** Adds a step to a path of `steps`. */
function extend(paths: Paths, from: number, steps: number, zero: number, one: number, feature: number): void {
  const { weight } = paths;
  paths.feature[from + steps] = feature;
  paths.zero[from + steps] = zero;
  paths.one[from + steps] = one;
  weight[from + steps] = steps === 0 ? 1 : 0;
  for (let i = steps - 1; i >= 0; i--) {
    const here = weight[from + i] ?? 0;
    weight[from + i + 1] = (weight[from + i + 1] ?? 0) + (one * here * (i + 1)) / (steps + 1);
    weight[from + i] = (zero * here * (steps - i)) / (steps + 1);
  }
}

/** Takes a step back out of a path whose last step is `steps`. */
function unwind(paths: Paths, from: number, steps: number, step: number): void {
  const { feature, zero, one, weight } = paths;
  const wasOne = one[from + step] ?? 0;
  const wasZero = zero[from + step] ?? 0;
  let next = weight[from + steps] ?? 0;
  for (let i = steps - 1; i >= 0; i--) {
    const here = weight[from + i] ?? 0;
    if (wasOne === 0) weight[from + i] = (here * (steps + 1)) / (wasZero * (steps - i));
    else {
      const undone = (next * (steps + 1)) / ((i + 1) * wasOne);
      weight[from + i] = undone;
      next = here - (undone * wasZero * (steps - i)) / (steps + 1);
    }
  }
  for (let i = from + step; i < from + steps; i++) {
    feature[i] = feature[i + 1] ?? 0;
    zero[i] = zero[i + 1] ?? 0;
    one[i] = one[i + 1] ?? 0;
  }
}

/** The sum of the weights of the path without this step. */
function unwoundSum({ zero, one, weight }: Paths, from: number, steps: number, step: number): number {
  const wasOne = one[from + step] ?? 0;
  const wasZero = zero[from + step] ?? 0;
  let next = weight[from + steps] ?? 0;
  let total = 0;
  for (let i = steps - 1; i >= 0; i--) {
    const here = weight[from + i] ?? 0;
    if (wasOne === 0) total += (here * (steps + 1)) / (wasZero * (steps - i));
    else {
      const undone = (next * (steps + 1)) / ((i + 1) * wasOne);
      total += undone;
      next = here - (undone * wasZero * (steps - i)) / (steps + 1);
    }
  }
  return total;
}
