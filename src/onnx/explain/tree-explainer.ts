import type { ReadTrees } from '../file/read-trees.ts';
import { compileTree } from './compile-tree.ts';
import type { Reasons } from './reasons.ts';
import { TreeShap } from './tree-shap.ts';

/** Explains one encoded row: `output` is the sum that is asked for. */
export type ExplainEncoded = (
  row: ArrayLike<number>,
  output: number,
  into: Float64Array,
) => Omit<Reasons, 'contributions'>;

/** Of trees whose leaves are counted. Contributions are those of the columns of the encoded row. */
export function treeExplainer({ trees, base }: ReadTrees): ExplainEncoded {
  const outputs = base.map((start, output) => {
    const shap = new TreeShap(trees.filter(({ target }) => target === output).map(compileTree));
    return { start, shap, expected: start + shap.expected };
  });
  return (row, output, into) => {
    const { start, shap, expected } = outputs[output] ??
      outputs[0] ?? { start: 0, shap: new TreeShap([]), expected: 0 };
    shap.addContributions(row, into);
    return { base: expected, score: start + shap.score(row) };
  };
}
