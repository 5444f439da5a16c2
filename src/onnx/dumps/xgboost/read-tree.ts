import { refusedFile } from '../../file/refused-file.ts';
import type { DumpNode } from '../dump.ts';
import { codeMax, type DumpBudget } from '../dump-limits.ts';
import { floatBelow } from '../float-cuts.ts';
import { brokenDump, countOf, flagOf, listIn, memberOf, numberOf, objectIn, type JsonObject } from '../read-json.ts';

/** How the trees of one model are read. */
export interface TreeReading {
  readonly features: number;
  readonly budget: DumpBudget;
}

/** The columns of one tree; a node is a place in them. */
interface Columns {
  readonly lefts: readonly unknown[];
  readonly rights: readonly unknown[];
  readonly features: readonly unknown[];
  readonly conditions: readonly unknown[];
  readonly isLeft: readonly unknown[];
  readonly types: readonly unknown[];
  /** Members of each split by categories. */
  readonly members: ReadonlyMap<number, readonly number[]>;
  /** Nodes that were met: a node that is met twice would be no tree. */
  readonly met: Uint8Array;
}

const categorical = 1;

/**
 * One tree of `trees`, by `GetNextNode` of XGBoost 3 (src/predictor/predict_fn.h): left by value < condition, and right
 * by a category that is a member. `weight` multiplies its leaves.
 */
export function readTree(tree: JsonObject, weight: number, reading: TreeReading, where: string): DumpNode {
  const columns = columnsOf(tree, reading.budget, where);
  const read = (at: number, depth: number): DumpNode => {
    if (columns.met[at] === 1) throw brokenDump(`${where} comes back to its node ${at}`);
    columns.met[at] = 1;
    const below = (list: readonly unknown[]): DumpNode =>
      read(countOf(list[at], `a child of node ${at} of ${where}`, 0, columns.lefts.length - 1), depth + 1);
    const condition = (): number => numberOf(columns.conditions[at], `the condition of node ${at} of ${where}`);
    if (columns.lefts[at] === -1) return { leaf: condition() * weight };
    reading.budget.split(depth);
    const feature = countOf(columns.features[at], `the feature of node ${at} of ${where}`, 0, reading.features - 1);
    const isLeft = flagOf(columns.isLeft[at], `"default_left" of node ${at} of ${where}`);
    if (columns.types[at] !== categorical)
      return {
        feature,
        cut: floatBelow(condition()),
        isMissingLeft: isLeft,
        isZeroMissing: false,
        left: below(columns.lefts),
        right: below(columns.rights),
      };
    const members = columns.members.get(at);
    if (members === undefined) throw brokenDump(`node ${at} of ${where} names no categories`);
    return { feature, members, isMissingMember: !isLeft, left: below(columns.rights), right: below(columns.lefts) };
  };
  return read(0, 1);
}

function columnsOf(tree: JsonObject, budget: DumpBudget, where: string): Columns {
  const leafs = memberOf(objectIn(tree, 'tree_param', where), 'size_leaf_vector') ?? '1';
  if (leafs !== '1' && leafs !== '0')
    throw refusedFile(
      'answers several numbers in each leaf (multi_output_tree)',
      'Train with multi_strategy="one_output_per_tree".',
    );
  const lefts = listIn(tree, 'left_children', where);
  if (lefts.length === 0) throw brokenDump(`${where} has no node`);
  return {
    lefts,
    rights: listIn(tree, 'right_children', where),
    features: listIn(tree, 'split_indices', where),
    conditions: listIn(tree, 'split_conditions', where),
    isLeft: listIn(tree, 'default_left', where),
    types: memberOf(tree, 'split_type') === undefined ? [] : listIn(tree, 'split_type', where),
    members: membersOf(tree, budget, where),
    met: new Uint8Array(lefts.length),
  };
}

function membersOf(tree: JsonObject, budget: DumpBudget, where: string): Columns['members'] {
  if (memberOf(tree, 'categories_nodes') === undefined) return new Map();
  const all = listIn(tree, 'categories', where);
  const begins = listIn(tree, 'categories_segments', where);
  const sizes = listIn(tree, 'categories_sizes', where);
  const place = (value: unknown): number => countOf(value, `a place of categories of ${where}`, 0, codeMax);
  const members = new Map<number, readonly number[]>();
  for (const [index, node] of listIn(tree, 'categories_nodes', where).entries()) {
    const begin = place(begins[index]);
    const size = place(sizes[index]);
    budget.members(size);
    if (begin + size > all.length) throw brokenDump(`${where} names more categories than it holds`);
    const codes = all.slice(begin, begin + size);
    members.set(
      place(node),
      codes.map((code) => countOf(code, `a category of ${where}`, 0, codeMax)),
    );
  }
  return members;
}
