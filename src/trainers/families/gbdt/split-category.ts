import { gainMin, isAllowed, nodeScore, type NodeSums, type Split, type SplitRules } from './split.ts';

/**
 * With this few values every grouping is a fair question; above it, sets are chosen by their own gradient, hence
 * penalised.
 */
const fewValues = 4;
const extraL2 = 10;
const smoothing = 10;
const valueRowsMin = 10;
const membersMax = 64;

interface Value {
  readonly bin: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  readonly order: number;
}

/**
 * The best set of values of one category feature, or null. Values are ordered by smoothed mean gradient, and prefixes
 * of both directions are tried (Fisher 1958: the best binary grouping is a prefix; smoothing, row minimum and extra l2
 * as in LightGBM). Missing, unseen and too rare values always stay outside the set.
 */
export function bestCategorySplit(
  histogram: Float64Array,
  base: number,
  binCount: number,
  feature: number,
  node: NodeSums,
  rules: SplitRules,
): Split | null {
  const rowsMin = Math.min(valueRowsMin, rules.rowsMin);
  const values: Value[] = [];
  for (let bin = 0; bin < binCount; bin++) {
    const cell = base + bin * 3;
    const rows = histogram[cell + 2] ?? 0;
    if (rows < rowsMin) continue;
    const gradient = histogram[cell] ?? 0;
    const hessian = histogram[cell + 1] ?? 0;
    values.push({ bin, gradient, hessian, rows, order: gradient / (hessian + smoothing) });
  }
  if (values.length === 0) return null;
  values.sort((left, right) => left.order - right.order || left.bin - right.bin);
  const l2 = rules.l2 + (binCount <= fewValues ? 0 : extraL2);
  const low = bestPrefix(values, node, { ...rules, l2 });
  const high = bestPrefix(values.toReversed(), node, { ...rules, l2 });
  const best = high !== null && (low === null || high.gain > low.gain) ? high : low;
  if (best === null) return null;
  return { feature, gain: best.gain, threshold: -1, missingLeft: false, members: best.members, left: best.left };
}

function bestPrefix(
  values: readonly Value[],
  node: NodeSums,
  rules: SplitRules,
): { gain: number; members: number[]; left: NodeSums } | null {
  const parent = nodeScore(node.gradient, node.hessian, rules.l2);
  let gradient = 0;
  let hessian = 0;
  let rows = 0;
  let best = parent + gainMin;
  let size = 0;
  let left: NodeSums | null = null;
  const limit = Math.min(values.length, membersMax);
  for (let i = 0; i < limit; i++) {
    const value = values[i];
    if (value === undefined) break;
    gradient += value.gradient;
    hessian += value.hessian;
    rows += value.rows;
    if (!isAllowed(rows, hessian, rules)) continue;
    if (!isAllowed(node.rows - rows, node.hessian - hessian, rules)) break;
    const score =
      nodeScore(gradient, hessian, rules.l2) + nodeScore(node.gradient - gradient, node.hessian - hessian, rules.l2);
    if (score > best) {
      best = score;
      size = i + 1;
      left = { gradient, hessian, rows };
    }
  }
  if (left === null) return null;
  const members = values
    .slice(0, size)
    .map(({ bin }) => bin)
    .toSorted((a, b) => a - b);
  return { gain: best - parent, members, left };
}
