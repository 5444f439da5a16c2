import { addScaled, descent, dot, type MinimiseOptions, type Pair } from './minimise.ts';

/** Pairs of steps kept as curvature, as in `minimise`. */
const memory = 10;
const backtracksMax = 40;
/** Share of the promised decrease that a step must bring (Armijo). */
const decreaseShare = 1e-4;

/**
 * The minimum of a smooth convex function plus `penalty` times the sizes of the components from `first` on: OWL-QN
 * (Andrew & Gao 2007), which is L-BFGS within one orthant at a time. A component that its gradient does not pull
 * beyond the penalty is exactly 0. Deterministic; returns the best point found, also when progress ends early.
 */
export async function minimiseSparse(
  evaluate: (x: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  { penalty, first }: { readonly penalty: number; readonly first: number },
  options: MinimiseOptions,
): Promise<Float64Array> {
  const sizeOf = (at: Float64Array) => at.subarray(first).reduce((sum, component) => sum + Math.abs(component), 0);
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = evaluate(x, gradient) + penalty * sizeOf(x);
  const pairs: Pair[] = [];
  for (let iteration = 1; iteration <= options.iterationsMax; iteration++) {
    const slopes = steepest(x, gradient, penalty, first);
    if (slopes.every((slope) => Math.abs(slope) <= options.gradientMax)) break;
    // Where curvature points uphill, the component stays where it is.
    const direction = descent(slopes, pairs).map((part, i) => (part * (slopes[i] ?? 0) < 0 ? part : 0));
    const orthant = x.map((component, i) => (component === 0 ? -Math.sign(slopes[i] ?? 0) : Math.sign(component)));
    const nextGradient = new Float64Array(x.length);
    let step = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(slopes, slopes))) : 1;
    let next = x;
    let nextValue = Infinity;
    for (let attempt = 0; attempt < backtracksMax; attempt++) {
      next = x.map((component, i) => {
        const moved = component + step * (direction[i] ?? 0);
        return i < first || moved * (orthant[i] ?? 0) > 0 ? moved : 0;
      });
      nextValue = evaluate(next, nextGradient) + penalty * sizeOf(next);
      const promised = next.reduce((sum, component, i) => sum + (slopes[i] ?? 0) * (component - (x[i] ?? 0)), 0);
      if (nextValue <= value + decreaseShare * promised) break;
      step /= 2;
    }
    if (!(nextValue < value)) {
      if (pairs.length === 0) break;
      // Rounding made the curvature useless: go on by steepest descent.
      pairs.length = 0;
      continue;
    }
    const s = next.slice();
    addScaled(s, x, -1);
    const y = nextGradient.slice();
    addScaled(y, gradient, -1);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(s, s)) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > memory) pairs.shift();
    x = next;
    value = nextValue;
    gradient = nextGradient;
    // oxlint-disable-next-line no-await-in-loop -- iterations depend on each other; this is where an abort is noticed
    await options.onIteration(iteration);
  }
  return x;
}

/** The slope that is least steep among those of the penalised function at a point; 0 throughout at the minimum. */
export function steepest(x: Float64Array, gradient: Float64Array, penalty: number, first: number): Float64Array {
  return gradient.map((slope, i) => {
    if (i < first) return slope;
    const component = x[i] ?? 0;
    if (component !== 0) return slope + penalty * Math.sign(component);
    return Math.sign(slope) * Math.max(0, Math.abs(slope) - penalty);
  });
}
