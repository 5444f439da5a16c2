import type { Objective } from './objectives/objective.ts';
import { addTree, type Tree } from './tree.ts';

export interface RenewRows {
  readonly columns: readonly Uint8Array[];
  readonly labels: Float64Array;
  readonly weights: Float64Array | null;
  /** The rows that the tree was grown on; null: all. */
  readonly rows: Int32Array | null;
}

/**
 * The same tree with each leaf's value set to what the objective says of the rows that fall into it, times the learning
 * rate. `scores` are those before the tree.
 */
export function renewLeaves(
  tree: Tree,
  renew: NonNullable<Objective['renew']>,
  { columns, labels, weights, rows }: RenewRows,
  binCounts: readonly number[],
  scores: Float64Array,
  learningRate: number,
): Tree {
  // A tree whose leaves answer their own numbers says where each row ends.
  const leafOf = new Float64Array(labels.length);
  addTree({ ...tree, leaves: tree.leaves.map((_, leaf) => leaf) }, columns, binCounts, leafOf);
  const members = tree.leaves.map((): number[] => []);
  const count = rows?.length ?? labels.length;
  for (let i = 0; i < count; i++) {
    const row = rows?.[i] ?? i;
    members[leafOf[row] ?? 0]?.push(row);
  }
  const leaves = members.map((own) => {
    const missed = Float64Array.from(own, (row) => (labels[row] ?? 0) - (scores[row] ?? 0));
    const counted = weights === null ? null : Float64Array.from(own, (row) => weights[row] ?? 0);
    return own.length === 0 ? 0 : Math.fround(learningRate * renew(missed, counted));
  });
  return { ...tree, leaves };
}
