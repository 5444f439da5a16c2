import { childOf, compileTree } from '../../../../onnx/explain/compile-tree.ts';
import { encodeColumn } from '../../../../onnx/graphs/preprocessing.ts';
import type { FeatureColumns } from '../../../../onnx/run/columns.ts';
import type { RowRange, WarmStart } from '../../../interface.ts';

/** What the trees that a fit goes on from say of each row, one array per sum. */
export function warmScores(
  { preprocessing, trees, base }: WarmStart,
  columns: FeatureColumns,
  range: RowRange,
): Float64Array[] {
  const encoded = preprocessing.encodings.map((feature) => encodeColumn(feature, columns, range.from, range.to));
  const compiled = trees.map((tree) => ({ target: tree.target, flat: compileTree(tree) }));
  const scores = base.map((value) => new Float64Array(range.to - range.from).fill(value));
  const row = new Float32Array(encoded.length);
  for (let at = 0; at < range.to - range.from; at++) {
    for (const [feature, values] of encoded.entries()) row[feature] = values[at] ?? Number.NaN;
    for (const { target, flat } of compiled) {
      let node = 0;
      while ((flat.left[node] ?? -1) >= 0) node = childOf(flat, node, row);
      const sums = scores[target];
      if (sums !== undefined) sums[at] = (sums[at] ?? 0) + (flat.value[node] ?? 0);
    }
  }
  return scores;
}
