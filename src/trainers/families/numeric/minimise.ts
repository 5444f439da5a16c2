export interface MinimiseOptions {
  readonly iterationsMax: number;
  /** Stop when no component of the gradient is larger than this. */
  readonly gradientMax: number;
  readonly onIteration: (iteration: number) => Promise<void>;
}

/** Pairs of steps kept as curvature: 10 is the usual choice. */
const memory = 10;
const backtracksMax = 30;

/**
 * L-BFGS (Nocedal & Wright 2006, algorithm 7.4) with Armijo backtracking, for smooth convex functions. `evaluate`
 * returns the value at `x` and fills `gradient`. Deterministic; returns the best point found, also when progress ends
 * early.
 */
export async function minimise(
  evaluate: (x: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  options: MinimiseOptions,
): Promise<Float64Array> {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = evaluate(x, gradient);
  const pairs: Pair[] = [];
  for (let iteration = 1; iteration <= options.iterationsMax; iteration++) {
    if (gradient.every((component) => Math.abs(component) <= options.gradientMax)) break;
    let direction = descent(gradient, pairs);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      // Rounding made the curvature useless: fall back to steepest descent.
      pairs.length = 0;
      direction = gradient.map((component) => -component);
      slope = dot(direction, gradient);
    }
    const nextGradient = new Float64Array(x.length);
    let step = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let next = x;
    let nextValue = Infinity;
    for (let attempt = 0; attempt < backtracksMax; attempt++) {
      next = x.map((component, i) => component + step * (direction[i] ?? 0));
      nextValue = evaluate(next, nextGradient);
      if (nextValue <= value + 1e-4 * step * slope) break;
      step /= 2;
    }
    if (!(nextValue < value)) break;
    const s = next.map((component, i) => component - (x[i] ?? 0));
    const y = nextGradient.map((component, i) => component - (gradient[i] ?? 0));
    const curvature = dot(s, y);
    if (curvature > 1e-12) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > memory) pairs.shift();
    x = next;
    value = nextValue;
    gradient = nextGradient;
    // oxlint-disable-next-line no-await-in-loop -- iterations depend on each other; this is where an abort is noticed
    await options.onIteration(iteration);
  }
  return x;
}

/** A step, how the gradient changed by it, and 1 over their product. */
export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** The direction of L-BFGS from a gradient and the last steps (Nocedal & Wright 2006, algorithm 7.4). */
export function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (const { s, y, rho } of pairs.toReversed()) {
    const alpha = rho * dot(s, q);
    alphas.unshift(alpha);
    addScaled(q, y, -alpha);
  }
  const last = pairs[pairs.length - 1];
  const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, last.y));
  for (let i = 0; i < q.length; i++) q[i] = (q[i] ?? 0) * scale;
  for (const [index, { s, y, rho }] of pairs.entries()) addScaled(q, s, (alphas[index] ?? 0) - rho * dot(y, q));
  return q.map((component) => -component);
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

export function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + factor * (values[i] ?? 0);
}
