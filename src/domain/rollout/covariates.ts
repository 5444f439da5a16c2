import type { Covariates } from '../tasks/task.ts';

/**
 * A number feature that has a part in a correction: in deviations from its mean, as they were in the hold-out of the
 * version (a refit keeps them, or its weights would mean something else).
 */
export interface Covariate {
  readonly feature: string;
  readonly mean: number;
  readonly deviation: number;
}

/** No row lies further out, in deviations: one wild cell must not make an answer. */
const deviationsMax = 3;

/** A missing value says nothing, which is what the mean says. */
export function standardised({ mean, deviation }: Covariate, value: number): number {
  const deviations = (value - mean) / deviation;
  if (Number.isNaN(deviations)) return 0;
  return Math.min(Math.max(deviations, -deviationsMax), deviationsMax);
}

/**
 * Mean and deviation of a feature over these values, of which NaN is missing. Null for one that is nearly constant, or
 * that holds no finite number.
 */
export function covariateOf(feature: string, values: ArrayLike<number>): Covariate | null {
  let [count, mean, squares] = [0, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }
  const deviation = Math.sqrt(squares / count);
  return Number.isFinite(deviation) && deviation > 1e-9 * Math.abs(mean) ? { feature, mean, deviation } : null;
}

/** Of rows whose features `numbersOf` knows by name (NaN is missing). */
export function covariatesOf(
  standards: readonly Covariate[],
  rows: number,
  numbersOf: (feature: string) => ArrayLike<number>,
): Covariates {
  const width = standards.length;
  const values = new Float64Array(rows * width);
  standards.forEach((standard, k) => {
    const numbers = numbersOf(standard.feature);
    for (let row = 0; row < rows; row++) values[row * width + k] = standardised(standard, numbers[row] ?? Number.NaN);
  });
  return { width, values };
}

export function isCovariate(value: unknown): value is Covariate {
  if (typeof value !== 'object' || value === null) return false;
  const { feature, mean, deviation }: Partial<Covariate> = value;
  return typeof feature === 'string' && Number.isFinite(mean) && Number.isFinite(deviation) && (deviation ?? 0) > 0;
}
