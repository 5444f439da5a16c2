import { solveSymmetric } from './solve.ts';

interface Derivatives {
  readonly gradient: number[];
  readonly hessian: number[][];
}

/** The minimum of a smooth function. Damped: an undamped step diverges on separable rows. */
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
    if (!(nextValue < value) || value - nextValue < 1e-10 * Math.abs(value)) return nextValue < value ? next : at;
    at = next;
    value = nextValue;
  }
  return at;
}
