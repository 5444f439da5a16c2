import { solveSymmetric } from './solve.ts';

interface Derivatives {
  readonly gradient: number[];
  readonly hessian: number[][];
}

/**
 * Where a smooth function is least. Damped: an undamped step diverges on separable rows. What follows is of the
 * logistic losses that corrections are fitted by. Relative error <= 1e-14 (golden vectors).
 */
export function newton(
  start: readonly number[],
  objective: (at: readonly number[]) => number,
  derivatives: (at: readonly number[]) => Derivatives,
  stepsMax: number,
): readonly number[] {
  let at = start;
  let value = objective(at);
  for (let step = 0; step < stepsMax; step++) {
    const { gradient, hessian } = derivatives(at);
    const direction = solveSymmetric(hessian, gradient);
    let scale = 1;
    let next = at;
    let nextValue = value;
    for (; scale > 1e-4; scale /= 2) {
      next = at.map((x, i) => x - scale * (direction[i] ?? 0));
      nextValue = objective(next);
      if (nextValue < value) break;
    }
    const isLast = !(nextValue < value) || value - nextValue < 1e-10 * Math.abs(value);
    if (nextValue < value) [at, value] = [next, nextValue];
    if (isLast) return polished(at, value, objective, derivatives);
  }
  return at;
}

/** Near the minimum a whole step doubles the digits, and the value is too flat to show it. */
function polished(
  at: readonly number[],
  value: number,
  objective: (at: readonly number[]) => number,
  derivatives: (at: readonly number[]) => Derivatives,
): readonly number[] {
  const { gradient, hessian } = derivatives(at);
  const direction = solveSymmetric(hessian, gradient);
  const next = at.map((x, i) => x - (direction[i] ?? 0));
  return objective(next) <= value + 1e-12 * Math.abs(value) ? next : at;
}
