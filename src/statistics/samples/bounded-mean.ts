import { normalQuantile } from '../distributions/normal.ts';

export interface BoundedMeanOptions {
  /** The truth lies below the bound with about this probability, 0 < alpha < 0.5. */
  readonly alpha: number;
  /** The worst value that is still possible: it is counted as seen once. */
  readonly worst: number;
  /** Independent values that each of these stands for: 1 for independent ones, less where neighbours say the same. */
  readonly weight?: number;
  /** Asks what as many times these values would show; 1 unless told. */
  readonly times?: number;
}

const stepsMax = 100;

/**
 * A lower confidence bound for the mean of values that have a least possible value, at any number of them, however
 * skewed: the alpha-quantile of their mean under random Dirichlet weights, with the worst value counted as seen once
 * more. N. Gaffke, "Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative
 * variable" (Mathematical Methods of Statistics 14, 2005); E. Learned-Miller and P. Thomas (arXiv 1905.06208). For
 * zeros and ones it is the bound of Clopper and Pearson; that its error is at most alpha for all other independent
 * values is a conjecture without a known exception. With a `weight` below 1 all values spread as fewer would; a value
 * that was never seen still counts as one. What follows is the error of computing the saddle-point formula; how far
 * that is from the quantile is said at `deviateAt`. Relative error <= 1e-11 (golden vectors).
 */
export function boundedMeanLower(
  values: ArrayLike<number>,
  { alpha, worst, weight = 1, times = 1 }: BoundedMeanOptions,
): number {
  let [low, high, sum] = [worst, worst, worst];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? worst;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += times * value;
  }
  if (high === low) return low;
  const drawn: Drawn = { values, worst, times, low, high };
  const mean = sum / (times * values.length + 1);
  return rootBetween(low, mean, (centre) => deviateAt(drawn, centre, weight) - normalQuantile(alpha));
}

/** What is weighted: each value `times` times, and the worst one once. */
interface Drawn {
  readonly values: ArrayLike<number>;
  readonly worst: number;
  readonly times: number;
  /** The ends of both. */
  readonly low: number;
  readonly high: number;
}

/**
 * The standard normal deviate that lies below as rarely as the weighted mean lies below the centre. A Dirichlet mean
 * does so where a sum of independent gamma variables, each times the distance of its value from the centre, is below 0:
 * by the saddle point of Lugannani and Rice (Advances in Applied Probability 12, 1980), as Barndorff-Nielsen has it
 * (Biometrika 73, 1986). The bound is off by at most 0.8 % of its distance from the mean at weight 1, and by 2.1 % at
 * 0.4 (golden vectors of 20 to 60 values, alpha 0.05 and 0.005).
 */
function deviateAt(drawn: Drawn, centre: number, weight: number): number {
  const { values, worst, times } = drawn;
  const s = saddlePoint(drawn, centre);
  const own = worst - centre;
  let logs = Math.log1p(-own * s);
  let curvature = square(own / (1 - own * s));
  for (let i = 0; i < values.length; i++) {
    const gap = (values[i] ?? centre) - centre;
    logs += times * Math.log1p(-gap * s);
    curvature += times * square(gap / (1 - gap * s));
  }
  const w = -Math.sqrt(Math.max(0, 2 * weight * logs));
  const u = s * Math.sqrt(weight * curvature);
  // At the mean itself both vanish: nobody asks for such a bound.
  return w > -1e-5 ? 0 : w + Math.log(u / w) / w;
}

/** By secants, and halvings where one would leave the bracket; `of` rises, below 0 at `low` and above it at `high`. */
function rootBetween(low: number, high: number, of: (x: number) => number): number {
  const width = high - low;
  let [x, before, atBefore] = [high - width / 64, high, of(high)];
  for (let step = 0; step < stepsMax; step++) {
    const at = of(x);
    if (at < 0) low = x;
    else high = x;
    const secant = x - (at * (x - before)) / (at - atBefore);
    [before, atBefore] = [x, at];
    x = secant > low && secant < high ? secant : (low + high) / 2;
    if (Math.abs(x - before) <= 1e-13 * width) break;
  }
  return x;
}

/** Where the derivative of the cumulant function is 0: it rises from -Infinity to Infinity between its two poles. */
function saddlePoint({ values, worst, times, ...ends }: Drawn, centre: number): number {
  let low = 1 / (ends.low - centre);
  let high = 1 / (ends.high - centre);
  let s = 0;
  for (let step = 0; step < stepsMax; step++) {
    const own = (worst - centre) / (1 - (worst - centre) * s);
    let [slope, curvature] = [own, own * own];
    for (let i = 0; i < values.length; i++) {
      const gap = (values[i] ?? centre) - centre;
      const tilted = gap / (1 - gap * s);
      slope += times * tilted;
      curvature += times * tilted * tilted;
    }
    if (slope < 0) low = s;
    else high = s;
    const next = s - slope / curvature;
    const moved = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(moved - s) <= 1e-12 * (Math.abs(s) + 1e-12)) return moved;
    s = moved;
  }
  return s;
}

function square(x: number): number {
  return x * x;
}
