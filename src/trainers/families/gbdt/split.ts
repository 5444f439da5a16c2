export interface NodeSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

/** -1: no answer rises as the feature grows; 1: none falls; 0: it may do either. */
export type Direction = -1 | 0 | 1;

/** Between which the Newton step of a node lies, as splits above it have promised. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** Bounds of a node, and what the feature that is looked at may do there. */
export interface MonotoneRule extends Bounds {
  readonly direction: Direction;
}

export interface SplitRules {
  readonly l2: number;
  readonly rowsMin: number;
  /** What the steps of this node may be, where some feature is declared to be monotone; absent: anything. */
  readonly monotone?: MonotoneRule;
}

export interface Split {
  readonly feature: number;
  readonly gain: number;
  /** Number: bins <= threshold go left. */
  readonly threshold: number;
  readonly missingLeft: boolean;
  /** Category: these bins go left, everything else (missing, unseen, rare) right; null for a number. */
  readonly members: readonly number[] | null;
  readonly left: NodeSums;
  /**
   * Added to the l2 of the value of a child that stays a leaf: a set of values was chosen by the gradients that the
   * value follows from. Absent: nothing.
   */
  readonly leafL2?: number;
}

/** Below this a gain is rounding, not evidence. */
export const gainMin = 1e-9;
/** A child with less curvature than this has no usable leaf value. */
export const hessianMin = 1e-3;

/** Second-order score of a node: G² / (H + l2) (Chen & Guestrin 2016, eq. 6, without the half). */
export function nodeScore(gradient: number, hessian: number, l2: number): number {
  return (gradient * gradient) / (hessian + l2);
}

export function isAllowed(rows: number, hessian: number, rules: SplitRules): boolean {
  return rows >= rules.rowsMin && hessian >= hessianMin;
}
