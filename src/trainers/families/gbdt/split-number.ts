import { boundedScore, keepsTo, stepOf } from './monotone.ts';
import {
  gainMin,
  hessianMin,
  nodeScore,
  type MonotoneRule,
  type NodeSums,
  type Split,
  type SplitRules,
} from './split.ts';

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
  { l2, rowsMin, monotone }: SplitRules,
): Scan | null {
  const parent =
    monotone === undefined
      ? nodeScore(node.gradient, node.hessian, l2)
      : boundedScore(node.gradient, node.hessian, l2, monotone);
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
    const otherHessian = node.hessian - hessian;
    const score =
      monotone === undefined
        ? (gradient * gradient) / (hessian + l2) + (otherGradient * otherGradient) / (otherHessian + l2)
        : monotoneScore(gradient, hessian, otherGradient, otherHessian, l2, monotone);
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

/** Score of two children within the bounds of their node; what would break the direction is worth nothing. */
function monotoneScore(
  leftGradient: number,
  leftHessian: number,
  rightGradient: number,
  rightHessian: number,
  l2: number,
  rule: MonotoneRule,
): number {
  const left = stepOf(leftGradient, leftHessian, l2, rule);
  const right = stepOf(rightGradient, rightHessian, l2, rule);
  if (!keepsTo(rule.direction, left, right)) return -Infinity;
  return boundedScore(leftGradient, leftHessian, l2, rule) + boundedScore(rightGradient, rightHessian, l2, rule);
}
