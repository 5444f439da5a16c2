import type { ScoreMap } from '../../domain/training/calibration/score-map.ts';
import { explainNotes } from './explain-notes.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { heads } from './heads.ts';
import { addEncoding, startGraph, type StartedGraph } from './preprocessing-graph.ts';
import type { AddedSums } from './added-sums.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { Attribute } from './wire.ts';

/** `left` is taken when the test holds: value <= cut, or code in members (sorted, never 0). */
export type EnsembleNode =
  | {
      readonly leaf: number;
      /** Training rows that ended here; absent where nobody counted. */
      readonly rows?: number;
    }
  | {
      readonly feature: number;
      readonly cut: number;
      readonly missingLeft: boolean;
      readonly left: EnsembleNode;
      readonly right: EnsembleNode;
    }
  | {
      readonly feature: number;
      readonly members: readonly number[];
      readonly left: EnsembleNode;
      readonly right: EnsembleNode;
    };

export interface EnsembleTree {
  /** Class index for multiclass, else 0. */
  readonly target: number;
  readonly root: EnsembleNode;
}

const branchLeq = 0;
const branchMember = 6;

/**
 * Preprocessing, trees, base score and head as one file. Operator: ai.onnx.ml TreeEnsemble version 5, which has no base
 * values, hence the explicit Add. Trees that are a single leaf are folded into the base score. `link` says whether the
 * sums are what the task's head takes, or logarithms of the answers; `maps` are what becomes of sums of classes.
 */
export function treeEnsembleGraph(
  preprocessing: Preprocessing,
  trees: readonly EnsembleTree[],
  base: readonly number[],
  metadata: Readonly<Record<string, string>>,
  link: 'task' | 'log' = 'task',
  maps: readonly ScoreMap[] = [],
): Uint8Array {
  const { signature } = preprocessing;
  const started = startGraph(signature);
  const { graph } = started;
  const { sums, type, encoded: features } = addTreeModel(started, preprocessing, trees, base, link);
  heads[signature.task].fromSums(graph, signature.classes, sums, type, maps);
  const leafRows = leafRowsOf(trees);
  // Of exponentials, what a tree adds to a score is no part of the answer.
  if (leafRows === null || link !== 'task') return graph.finish(metadata);
  const sources = preprocessing.encodings.map(({ source }) => source);
  return graph.finish({ ...metadata, ...explainNotes({ encoded: features, sources, leafRows }) });
}

/** Preprocessing, trees and base score in a graph that may hold other models as well. */
export function addTreeModel(
  started: StartedGraph,
  preprocessing: Preprocessing,
  trees: readonly EnsembleTree[],
  base: readonly number[],
  link: 'task' | 'log',
): AddedSums & { readonly encoded: readonly string[] } {
  const { graph } = started;
  const encoded = preprocessing.encodings.map((feature) => addEncoding(started, feature));
  if (link === 'task') return { sums: addTrees(graph, encoded, trees, base, 'float'), type: 'float', encoded };
  // An error of a sum is a relative one of its exponential: hundreds of float32 leaves would make it 1e-5.
  const exact = encoded.map((feature) => graph.node('Cast', [feature], { to: { int: 11 } }));
  const sums = addTrees(graph, exact, trees, base, 'double');
  return { sums: graph.node('Exp', [sums]), type: 'double', encoded };
}

/** Of every leaf of the trees that split, in the order in which the file holds them; null where one was not counted. */
function leafRowsOf(trees: readonly EnsembleTree[]): Uint32Array | null {
  const rows: (number | undefined)[] = [];
  const collect = (node: EnsembleNode): void => {
    if ('leaf' in node) rows.push(node.rows);
    else for (const child of [node.left, node.right]) collect(child);
  };
  for (const { root } of trees) if (!('leaf' in root)) collect(root);
  const counted = rows.filter((count) => count !== undefined);
  return counted.length === rows.length ? Uint32Array.from(counted) : null;
}

/**
 * What trees and base score add up to, `[N, targets]`, from one tensor `[N, 1]` of `type` per feature. Cuts, members
 * and leaves are of that type as well. At least one tree must split.
 */
export function addTrees(
  graph: GraphBuilder,
  features: readonly string[],
  trees: readonly EnsembleTree[],
  base: readonly number[],
  type: 'float' | 'double',
): string {
  const offsets = [...base];
  const grown: EnsembleTree[] = [];
  for (const tree of trees) {
    if ('leaf' in tree.root) offsets[tree.target] = (offsets[tree.target] ?? 0) + tree.root.leaf;
    else grown.push(tree);
  }
  const matrix = features.length === 1 ? (features[0] ?? '') : graph.node('Concat', features, { axis: { int: 1 } });
  const sums = graph.mlNode('TreeEnsemble', [matrix], ensembleAttributes(grown, base.length, type));
  return graph.node('Add', [sums, graph.constant({ type, dims: [1, base.length], values: offsets })]);
}

/** True when at least one tree asks a question; without one the file is a prior graph. */
export function hasSplits(trees: readonly EnsembleTree[]): boolean {
  return trees.some((tree) => !('leaf' in tree.root));
}

interface FlatTrees {
  readonly roots: number[];
  readonly features: number[];
  readonly splits: number[];
  readonly modes: number[];
  readonly missingTrue: number[];
  readonly trueIds: number[];
  readonly trueLeafs: number[];
  readonly falseIds: number[];
  readonly falseLeafs: number[];
  readonly leafTargets: number[];
  readonly leafWeights: number[];
  /** Sets in node order, each closed by NaN. */
  readonly members: number[];
}

function ensembleAttributes(
  trees: readonly EnsembleTree[],
  targets: number,
  type: 'float' | 'double',
): Record<string, Attribute> {
  const flat: FlatTrees = {
    roots: [],
    features: [],
    splits: [],
    modes: [],
    missingTrue: [],
    trueIds: [],
    trueLeafs: [],
    falseIds: [],
    falseLeafs: [],
    leafTargets: [],
    leafWeights: [],
    members: [],
  };
  for (const tree of trees) flat.roots.push(flatten(flat, tree.root, tree.target).id);
  const reals = (values: number[]): Attribute => ({ tensor: { type, dims: [values.length], values } });
  return {
    aggregate_function: { int: 1 },
    leaf_targetids: { ints: flat.leafTargets },
    leaf_weights: reals(flat.leafWeights),
    ...(flat.members.length > 0 ? { membership_values: reals(flat.members) } : {}),
    n_targets: { int: targets },
    nodes_falseleafs: { ints: flat.falseLeafs },
    nodes_falsenodeids: { ints: flat.falseIds },
    nodes_featureids: { ints: flat.features },
    nodes_missing_value_tracks_true: { ints: flat.missingTrue },
    nodes_modes: { tensor: { type: 'uint8', dims: [flat.modes.length], values: flat.modes } },
    nodes_splits: reals(flat.splits),
    nodes_trueleafs: { ints: flat.trueLeafs },
    nodes_truenodeids: { ints: flat.trueIds },
    post_transform: { int: 0 },
    tree_roots: { ints: flat.roots },
  };
}

/**
 * Pre-order, so that the sets in `members` come in the order of their nodes. Depth is bounded by the leaves of a tree.
 */
function flatten(flat: FlatTrees, node: EnsembleNode, target: number): { id: number; leaf: 0 | 1 } {
  if ('leaf' in node) {
    flat.leafTargets.push(target);
    return { id: flat.leafWeights.push(node.leaf) - 1, leaf: 1 };
  }
  const id = flat.features.push(node.feature) - 1;
  const isSet = 'members' in node;
  flat.splits.push(isSet ? 0 : node.cut);
  flat.modes.push(isSet ? branchMember : branchLeq);
  flat.missingTrue.push(!isSet && node.missingLeft ? 1 : 0);
  if (isSet) flat.members.push(...node.members, NaN);
  for (const list of [flat.trueIds, flat.trueLeafs, flat.falseIds, flat.falseLeafs]) list.push(0);
  const left = flatten(flat, node.left, target);
  flat.trueIds[id] = left.id;
  flat.trueLeafs[id] = left.leaf;
  const right = flatten(flat, node.right, target);
  flat.falseIds[id] = right.id;
  flat.falseLeafs[id] = right.leaf;
  return { id, leaf: 0 };
}
