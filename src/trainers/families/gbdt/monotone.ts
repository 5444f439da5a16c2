import type { Bounds, Direction, NodeSums } from './split.ts';

/** A Newton step beyond this says more about a vanishing hessian than about the rows. */
const stepMax = 10;

export const unbounded: Bounds = { lower: -stepMax, upper: stepMax };

/** The Newton step of a node, within its bounds. */
export function stepOf(gradient: number, hessian: number, l2: number, { lower, upper }: Bounds): number {
  return Math.max(lower, Math.min(upper, -gradient / (hessian + l2)));
}

/** Second-order score of a node whose step is w: -(2 G w + (H + l2) w²), which without bounds is G² / (H + l2). */
export function boundedScore(gradient: number, hessian: number, l2: number, bounds: Bounds): number {
  const step = stepOf(gradient, hessian, l2, bounds);
  return -(2 * gradient * step + (hessian + l2) * step * step);
}

/** Whether the steps of two children keep to a direction: `left` holds the smaller values of the feature. */
export function keepsTo(direction: Direction, left: number, right: number): boolean {
  return direction === 0 || direction * (right - left) >= 0;
}

/**
 * Bounds of the children of a split: on a monotone feature neither may pass the middle between their steps, so that no
 * split further down can turn them round (the basic method of LightGBM and XGBoost). On any other they are the
 * parent's.
 */
export function boundsOfChildren(
  direction: Direction,
  bounds: Bounds,
  left: NodeSums,
  right: NodeSums,
  l2: number,
): readonly [left: Bounds, right: Bounds] {
  if (direction === 0) return [bounds, bounds];
  const step = ({ gradient, hessian }: NodeSums) => stepOf(gradient, hessian, l2, bounds);
  const [low, high] = [step(left), step(right)];
  const middle = low + (high - low) / 2;
  const below = { lower: bounds.lower, upper: middle };
  const above = { lower: middle, upper: bounds.upper };
  return direction === 1 ? [below, above] : [above, below];
}
