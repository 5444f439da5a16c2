import { featuresOf } from '../../../../domain/spec/signature.ts';
import { compileTree, type FlatTree } from '../../../../onnx/explain/compile-tree.ts';
import type { Preprocessing } from '../../../../onnx/graphs/preprocessing.ts';
import type { EnsembleTree } from '../../../../onnx/graphs/tree-ensemble.ts';

/**
 * The share of each feature in what splits explain of the leaves behind them: rows times squared values, of both sides
 * less that of both together. Trees of a file have no gains any more, and old and new ones must be measured alike.
 */
export function warmImportance(
  { encodings, signature }: Preprocessing,
  trees: readonly EnsembleTree[],
): { feature: string; gain: number }[] {
  const gains = new Map(featuresOf(signature).map(({ name }) => [name, 0]));
  let total = 0;
  for (const flat of trees.map(compileTree))
    for (let node = 0; node < flat.left.length; node++) {
      const [left = -1, right = -1] = [flat.left[node], flat.right[node]];
      if (left < 0) continue;
      const explained = Math.max(0, squaresAt(flat, left) + squaresAt(flat, right) - squaresAt(flat, node));
      const source = encodings[flat.feature[node] ?? 0]?.source ?? '';
      gains.set(source, (gains.get(source) ?? 0) + explained);
      total += explained;
    }
  return [...gains]
    .map(([feature, gain]) => ({ feature, gain: total > 0 ? gain / total : 0 }))
    .toSorted((left, right) => right.gain - left.gain || (left.feature < right.feature ? -1 : 1));
}

function squaresAt({ cover, value }: FlatTree, node: number): number {
  return (cover[node] ?? 0) * (value[node] ?? 0) ** 2;
}
