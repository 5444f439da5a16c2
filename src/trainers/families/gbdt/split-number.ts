import { gainMin, hessianMin, nodeScore, type NodeSums, type Split, type SplitRules } from './split.ts';

/**
 * The best threshold of one number feature in one node, or null. With missing rows in the node both directions are
 * tried, and "missing against the rest" as well; without any, missing will follow the child with more rows.
 * `base` is the first cell of the feature in the histogram, `binCount` excludes the missing bin.
 */
export function bestNumberSplit(
  histogram: Float64Array,
  base: number,
  binCount: number,
  feature: number,
  node: NodeSums,
  rules: SplitRules,
): Split | null {
  const missing = base + binCount * 3;
  const missingRows = histogram[missing + 2] ?? 0;
  const right = scan(histogram, base, missingRows > 0 ? binCount : binCount - 1, 0, 0, 0, node, rules);
  let best = right;
  let missingLeft = false;
  let left: Scan | null = null;
  if (missingRows > 0) {
    left = scan(
      histogram,
      base,
      binCount - 1,
      histogram[missing] ?? 0,
      histogram[missing + 1] ?? 0,
      missingRows,
      node,
      rules,
    );
    if (left !== null && (right === null || left.gain > right.gain)) {
      best = left;
      missingLeft = true;
    }
  }
  if (best === null) return null;
  if (missingRows === 0) missingLeft = best.rows * 2 >= node.rows;
  return {
    feature,
    gain: best.gain,
    threshold: best.threshold,
    missingLeft,
    members: null,
    left: { gradient: best.gradient, hessian: best.hessian, rows: best.rows },
  };
}

interface Scan {
  readonly gain: number;
  readonly threshold: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

function scan(
  histogram: Float64Array,
  base: number,
  thresholds: number,
  startGradient: number,
  startHessian: number,
  startRows: number,
  node: NodeSums,
  { l2, rowsMin }: SplitRules,
): Scan | null {
  const parent = nodeScore(node.gradient, node.hessian, l2);
  let gradient = startGradient;
  let hessian = startHessian;
  let rows = startRows;
  let best = parent + gainMin;
  let threshold = -1;
  let bestGradient = 0;
  let bestHessian = 0;
  let bestRows = 0;
  for (let bin = 0; bin < thresholds; bin++) {
    const cell = base + bin * 3;
    gradient += histogram[cell] ?? 0;
    hessian += histogram[cell + 1] ?? 0;
    rows += histogram[cell + 2] ?? 0;
    if (rows < rowsMin || hessian < hessianMin) continue;
    if (node.rows - rows < rowsMin || node.hessian - hessian < hessianMin) break;
    const otherGradient = node.gradient - gradient;
    const score =
      (gradient * gradient) / (hessian + l2) + (otherGradient * otherGradient) / (node.hessian - hessian + l2);
    if (score > best) {
      best = score;
      threshold = bin;
      bestGradient = gradient;
      bestHessian = hessian;
      bestRows = rows;
    }
  }
  return threshold < 0
    ? null
    : { gain: best - parent, threshold, gradient: bestGradient, hessian: bestHessian, rows: bestRows };
}
