import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lehmer } from '../../../tests/worlds/fit-fixture.ts';
import type { EnsembleNode, EnsembleTree } from '../graphs/tree-ensemble.ts';
import { compileTree } from './compile-tree.ts';
import { treeExplainer } from './tree-explainer.ts';
import { TreeShap } from './tree-shap.ts';

/** A node of `tree_structure` of a LightGBM dump, as bench/golden/reasons.py thins it. */
interface DumpNode {
  readonly leaf_value: number;
  readonly leaf_count: number;
  readonly split_feature?: number;
  readonly threshold: number | string;
  readonly decision_type: string;
  readonly default_left: boolean;
  readonly missing_type: string;
  readonly left_child: DumpNode;
  readonly right_child: DumpNode;
}

interface GoldenCase {
  readonly about: string;
  readonly outputs: number;
  readonly trees: readonly DumpNode[];
  readonly rows: readonly (readonly (number | null)[])[];
  /** Per row and output: a contribution for each feature, and the mean. */
  readonly lightgbm: readonly (readonly (readonly number[])[])[];
  readonly shap?: readonly (readonly (readonly number[])[])[];
}

const golden = JSON.parse(readFileSync(new URL('reasons.golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly GoldenCase[];
};

function nodeOf(node: DumpNode): EnsembleNode {
  const { split_feature: feature, threshold } = node;
  if (feature === undefined) return { leaf: node.leaf_value, rows: node.leaf_count };
  const children = { left: nodeOf(node.left_child), right: nodeOf(node.right_child) };
  if (typeof threshold === 'string') return { feature, members: threshold.split('||').map(Number), ...children };
  const missingLeft = node.missing_type === 'None' ? threshold >= 0 : node.default_left;
  return { feature, cut: threshold, missingLeft, ...children };
}

function farthest(one: readonly number[], other: readonly number[]): number {
  return Math.max(...other.map((value, at) => Math.abs(value - (one[at] ?? Number.NaN))));
}

describe('TreeSHAP', () => {
  it.each(golden.cases)('says of $about what LightGBM and shap say', ({ outputs, trees, rows, lightgbm, shap }) => {
    const ensemble = trees.map((root, index): EnsembleTree => ({ target: index % outputs, root: nodeOf(root) }));
    const explain = treeExplainer({ trees: ensemble, base: new Array<number>(outputs).fill(0) });
    for (const [at, cells] of rows.entries()) {
      const row = Float64Array.from(cells, (cell) => cell ?? Number.NaN);
      for (let output = 0; output < outputs; output++) {
        const into = new Float64Array(row.length);
        const { base, score } = explain(row, output, into);
        const said = [...into, base];
        expect(farthest(said, lightgbm[at]?.[output] ?? []), `row ${at}, output ${output}`).toBeLessThan(1e-12);
        if (shap !== undefined)
          expect(farthest([...into], shap[at]?.[output] ?? []), `row ${at}, output ${output}`).toBeLessThan(1e-6);
        expect(Math.abs(said.reduce((sum, value) => sum + value, 0) - score)).toBeLessThan(1e-12);
      }
    }
  });

  it('is the mean over all orders of features of what each adds', () => {
    const random = lehmer(3);
    const features = 4;
    const grow = (depth: number): EnsembleNode =>
      depth === 0
        ? { leaf: random() - 0.5, rows: 1 + Math.floor(random() * 20) }
        : {
            feature: Math.floor(random() * features),
            cut: random(),
            missingLeft: random() < 0.5,
            left: grow(depth - 1),
            right: grow(random() < 0.3 ? 0 : depth - 1),
          };
    for (let round = 0; round < 20; round++) {
      const tree: EnsembleTree = { target: 0, root: grow(4) };
      const row = Array.from({ length: features }, () => (random() < 0.2 ? Number.NaN : random()));
      const into = new Float64Array(features);
      new TreeShap([compileTree(tree)]).addContributions(row, into);
      expect(farthest([...into], byOrders(tree.root, row))).toBeLessThan(1e-12);
    }
  });
});

/** Shapley values by their definition: every order of the features, each known from its turn on. */
function byOrders(root: EnsembleNode, row: readonly number[]): readonly number[] {
  const sums = row.map(() => 0);
  const orders = ordersOf(row.map((_, feature) => feature));
  for (const order of orders) {
    const known = new Set<number>();
    let before = expectation(root, row, known);
    for (const feature of order) {
      known.add(feature);
      const after = expectation(root, row, known);
      sums[feature] = (sums[feature] ?? 0) + (after - before) / orders.length;
      before = after;
    }
  }
  return sums;
}

function ordersOf(features: readonly number[]): readonly (readonly number[])[] {
  if (features.length < 2) return [features];
  return features.flatMap((first) =>
    ordersOf(features.filter((other) => other !== first)).map((rest) => [first, ...rest]),
  );
}

function rowsOf(node: EnsembleNode): number {
  return 'leaf' in node ? (node.rows ?? 0) : rowsOf(node.left) + rowsOf(node.right);
}

/** Algorithm 1 of Lundberg et al.: by the row where a feature is known, otherwise by how many rows went where. */
function expectation(node: EnsembleNode, row: readonly number[], known: ReadonlySet<number>): number {
  if ('leaf' in node) return node.leaf;
  if ('members' in node) throw new Error('these trees have cuts only');
  const value = row[node.feature] ?? Number.NaN;
  if (known.has(node.feature)) {
    const isLeft = Number.isNaN(value) ? node.missingLeft : value <= node.cut;
    return expectation(isLeft ? node.left : node.right, row, known);
  }
  const [left, right] = [rowsOf(node.left), rowsOf(node.right)];
  return (left * expectation(node.left, row, known) + right * expectation(node.right, row, known)) / (left + right);
}
