import { covariateRidgeRows, ridgeRows } from '../recalibration.ts';
import type { EarlierRows, Recalibration } from '../task.ts';
import type { Derivatives } from './logistic-rows.ts';
import { blendOf, type Prior } from './blend.ts';

/** What a fit is pulled towards: leaving answers alone, and what earlier rows said. */
export interface Pull {
  valueAt(at: readonly number[]): number;
  derivativesAt(at: readonly number[]): Derivatives;
}

/** Intercept, slope and a weight per covariate; of nothing: those that leave answers alone. */
export function coefficientsOf(by: Recalibration | undefined, width: number): readonly number[] {
  return Array.from({ length: width }, (_, k) => {
    if (k === 0) return by?.intercepts[0] ?? 0;
    return k === 1 ? (by?.slope ?? 1) : (by?.weights?.[k - 2] ?? 0);
  });
}

/**
 * Earlier rows are half a quadratic form around the fit that they had (Laplace's approximation). That fit was pulled
 * towards leaving answers alone; what held it back there is their slope, or they would be held back twice. With the
 * opinion of a linear model a fit is pulled towards the mean of the two instead.
 */
export function pullOf(width: number, earlier: EarlierRows | undefined, opinion?: readonly number[]): Pull {
  const prior = opinion?.length === width - 2 ? blendOf(opinion) : aloneOf(width);
  const fits = earlier?.curvature.length === width && earlier.curvature.every((row) => row.length === width);
  const said = fits ? earlier : undefined;
  const to = coefficientsOf(said?.at, width);
  const slope = prior.gradientAt(to).map((value) => -value);
  return {
    valueAt(at) {
      const kept = prior.valueAt(at);
      if (said === undefined) return kept;
      const off = differences(at, to);
      const form = said.curvature.reduce((sum, row, i) => sum + (off[i] ?? 0) * dotOf(row, off), 0);
      return kept + said.weight * (0.5 * form + dotOf(slope, off));
    },
    derivativesAt(at) {
      const gradient = [...prior.gradientAt(at)];
      const hessian = prior.precision.map((row) => [...row]);
      if (said === undefined) return { gradient, hessian };
      const off = differences(at, to);
      const { curvature, weight } = said;
      return {
        gradient: gradient.map((value, i) => value + weight * (dotOf(curvature[i] ?? [], off) + (slope[i] ?? 0))),
        hessian: hessian.map((row, i) => row.map((value, j) => value + weight * (curvature[i]?.[j] ?? 0))),
      };
    },
  };
}

/** Answers as they are, every coefficient by itself. */
function aloneOf(width: number): Prior {
  const alone = coefficientsOf(undefined, width);
  const ridge = alone.map((_, k) => (k < 2 ? ridgeRows : covariateRidgeRows));
  return {
    valueAt(at) {
      const [a = 0, b = 1, ...others] = at;
      const ofOthers = others.reduce((sum, value) => sum + value * value, 0);
      return ridgeRows * 0.5 * (a * a + (b - 1) * (b - 1)) + covariateRidgeRows * 0.5 * ofOthers;
    },
    gradientAt: (at) => at.map((value, k) => (ridge[k] ?? 0) * (value - (alone[k] ?? 0))),
    precision: ridge.map((value, i) => ridge.map((_, j) => (i === j ? value : 0))),
  };
}

function differences(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((value, k) => value - (other[k] ?? 0));
}

function dotOf(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, k) => sum + value * (other[k] ?? 0), 0);
}
