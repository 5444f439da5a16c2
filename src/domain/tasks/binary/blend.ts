import { covariateRidgeRows, ridgeRows } from '../recalibration.ts';

/** Half a quadratic form: what a fit of no rows is, and how hard it is to move. */
export interface Prior {
  valueAt(at: readonly number[]): number;
  gradientAt(at: readonly number[]): readonly number[];
  /** Its second derivatives. */
  readonly precision: readonly (readonly number[])[];
}

/**
 * The prior of a stack of two: half the log-odds of the version and half those of a linear model of the same features,
 * whose shares are as free as the slope alone would be, while each feature by itself is kept out as without it. Share
 * `e` of the linear model and own weight `w` of a feature come together as `e * opinion + w`: normal with the variance
 * of `w` and, along the opinion, that of `e`; inverted by the formula of Sherman and Morrison (1950).
 */
export function blendOf(opinion: readonly number[]): Prior {
  const mean = [0, shares, ...opinion.map((value) => shares * value)];
  const along = [0, 0, ...opinion];
  const ridge = mean.map((_, k) => (k < 2 ? ridgeRows : covariateRidgeRows));
  const stiff = along.map((value, k) => (ridge[k] ?? 0) * value);
  const sum = ridgeRows + along.reduce((total, value, k) => total + value * (stiff[k] ?? 0), 0);
  const precision = stiff.map((one, i) =>
    stiff.map((other, j) => (i === j ? (ridge[i] ?? 0) : 0) - (one * other) / sum),
  );
  const gradientAt = (at: readonly number[]): readonly number[] => {
    const off = at.map((value, k) => value - (mean[k] ?? 0));
    return precision.map((row) => row.reduce((total, value, k) => total + value * (off[k] ?? 0), 0));
  };
  return {
    valueAt: (at) =>
      0.5 * gradientAt(at).reduce((total, value, k) => total + value * ((at[k] ?? 0) - (mean[k] ?? 0)), 0),
    gradientAt,
    precision,
  };
}

/** Of either, before a row has said which of them errs less. */
const shares = 0.5;
