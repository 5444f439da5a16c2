import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { EnsembleNode, EnsembleTree } from '../graphs/tree-ensemble.ts';
import { attributeOf } from './read-attribute.ts';
import type { ForeignModel, ForeignNode, ForeignTensor } from './foreign-model.ts';
import { each } from './read-fields.ts';

/** The trees of a file, and what each sum begins with. */
export interface ReadTrees {
  readonly trees: readonly EnsembleTree[];
  readonly base: readonly number[];
}

/** As in `tree-ensemble.ts`. */
const branchMember = 6;

/**
 * The trees of a file that `treeEnsembleGraph` wrote: one `TreeEnsemble` of `ai.onnx.ml` 5 and the `Add` behind it.
 * `leafRows` gives each leaf its rows, in the order of `leaf_weights`. Null for a file of any other form.
 */
export function readTrees(model: ForeignModel, leafRows?: ArrayLike<number>): ReadTrees | null {
  const ensembles = model.nodes.filter(({ op, domain }) => op === 'TreeEnsemble' && domain === 'ai.onnx.ml');
  const [ensemble] = ensembles;
  if (ensemble === undefined || ensembles.length > 1) return null;
  const base = baseOf(model, ensemble);
  const flat = flatOf(ensemble);
  if (base === null || base.length !== flat.targets) return null;
  if (leafRows !== undefined && leafRows.length !== flat.weights.length) return null;
  const built = flat.roots.map((root) => nodeAt(flat, root, false, leafRows));
  const trees = built.map(({ node, target }): EnsembleTree => ({ target, root: node }));
  return { trees, base };
}

interface Flat {
  readonly roots: readonly number[];
  readonly targets: number;
  readonly features: readonly number[];
  readonly splits: readonly number[];
  readonly modes: readonly number[];
  readonly missingTrue: readonly number[];
  readonly trueIds: readonly number[];
  readonly trueLeafs: readonly number[];
  readonly falseIds: readonly number[];
  readonly falseLeafs: readonly number[];
  readonly leafTargets: readonly number[];
  readonly weights: readonly number[];
  /** Of each node that asks for a set. */
  readonly members: ReadonlyMap<number, readonly number[]>;
}

function flatOf(node: ForeignNode): Flat {
  const ints = (name: string): readonly number[] => intsOf(node, name);
  const reals = (name: string): readonly number[] => realsOf(node, name);
  const modes = reals('nodes_modes');
  return {
    roots: ints('tree_roots'),
    targets: Number(attributeOf(node, 'n_targets')[0] ?? 0),
    features: ints('nodes_featureids'),
    splits: reals('nodes_splits'),
    modes,
    missingTrue: ints('nodes_missing_value_tracks_true'),
    trueIds: ints('nodes_truenodeids'),
    trueLeafs: ints('nodes_trueleafs'),
    falseIds: ints('nodes_falsenodeids'),
    falseLeafs: ints('nodes_falseleafs'),
    leafTargets: ints('leaf_targetids'),
    weights: reals('leaf_weights'),
    members: membersOf(modes, reals('membership_values')),
  };
}

/** Sets stand in the order of their nodes, each closed by NaN. */
function membersOf(modes: readonly number[], values: readonly number[]): Flat['members'] {
  const sets = new Map<number, readonly number[]>();
  let from = 0;
  for (const [id, mode] of modes.entries()) {
    if (mode !== branchMember) continue;
    let end = from;
    while (end < values.length && !Number.isNaN(values[end])) end++;
    sets.set(id, values.slice(from, end));
    from = end + 1;
  }
  return sets;
}

/** Depth is bounded by the leaves of a tree, as where it was written. */
function nodeAt(
  flat: Flat,
  id: number,
  isLeaf: boolean,
  leafRows: ArrayLike<number> | undefined,
): { readonly node: EnsembleNode; readonly target: number } {
  if (isLeaf) {
    const rows = leafRows?.[id];
    const leaf = flat.weights[id] ?? 0;
    return { node: rows === undefined ? { leaf } : { leaf, rows }, target: flat.leafTargets[id] ?? 0 };
  }
  const { node: left, target } = nodeAt(flat, flat.trueIds[id] ?? 0, flat.trueLeafs[id] === 1, leafRows);
  const { node: right } = nodeAt(flat, flat.falseIds[id] ?? 0, flat.falseLeafs[id] === 1, leafRows);
  const feature = flat.features[id] ?? 0;
  const members = flat.members.get(id);
  if (members !== undefined) return { node: { feature, members, left, right }, target };
  const missingLeft = flat.missingTrue[id] === 1;
  return { node: { feature, cut: flat.splits[id] ?? 0, missingLeft, left, right }, target };
}

/** The constant that is added to the sums of the trees. */
function baseOf({ nodes, initializers }: ForeignModel, { outputs }: ForeignNode): readonly number[] | null {
  const [sums = ''] = outputs;
  const add = nodes.find(({ op, inputs }) => op === 'Add' && inputs.includes(sums));
  const constant = initializers.get(add?.inputs.find((name) => name !== sums) ?? '');
  return constant === undefined ? null : numbersOf(constant);
}

/** Whole numbers of an attribute, however many. */
function intsOf(node: ForeignNode, name: string): readonly number[] {
  const values: number[] = [];
  each(node.attributes.get(name) ?? new Uint8Array(), (field, reader, wire) => {
    if (field !== 8) reader.skip(wire);
    else if (wire !== WireType.LengthDelimited) values.push(Number(reader.int64()));
    else {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) values.push(Number(packed.int64()));
    }
  });
  return values;
}

/** The tensor of an attribute, however many numbers it holds. */
function realsOf(node: ForeignNode, name: string): readonly number[] {
  let values: readonly number[] = [];
  each(node.attributes.get(name) ?? new Uint8Array(), (field, reader, wire) => {
    if (field === 5) values = numbersIn(reader.bytes());
    else reader.skip(wire);
  });
  return values;
}

function numbersOf({ bytes }: ForeignTensor): readonly number[] {
  return numbersIn(bytes);
}

/** How one number lies in `raw_data`, by its element type: FLOAT, UINT8, DOUBLE. */
const cells: Readonly<Record<number, readonly [number, (view: DataView, at: number) => number]>> = {
  1: [4, (view, at) => view.getFloat32(at, true)],
  2: [1, (view, at) => view.getUint8(at)],
  11: [8, (view, at) => view.getFloat64(at, true)],
};

function numbersIn(tensor: Uint8Array): readonly number[] {
  let type = 0;
  let raw = new Uint8Array();
  each(tensor, (field, reader, wire) => {
    if (field === 2) type = reader.int32();
    else if (field === 9) raw = new Uint8Array(reader.bytes());
    else reader.skip(wire);
  });
  const [width, read] = cells[type] ?? [0, () => 0];
  if (width === 0) return [];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: Math.floor(raw.length / width) }, (_, index) => read(view, index * width));
}
