import type { Covariates } from '../tasks/task.ts';

/**
 * A number feature that has a part in a correction: in deviations from its mean, as they were in the hold-out of the
 * version (a refit keeps them, or its weights would mean something else).
 */
export interface Covariate {
  readonly feature: string;
  readonly mean: number;
  readonly deviation: number;
  /** Log-odds that a linear model of the training rows gives for one deviation; absent: nobody has fitted one. */
  readonly opinion?: number;
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
  return { width, values, ...opinionOf(standards) };
}

/** Of all of them or of none: a part of a linear model is none. */
function opinionOf(standards: readonly Covariate[]): Pick<Covariates, 'opinion'> {
  const opinion = standards.flatMap((standard) => standard.opinion ?? []);
  return opinion.length === 0 || opinion.length < standards.length ? {} : { opinion };
}

export function isCovariate(value: unknown): value is Covariate {
  if (typeof value !== 'object' || value === null) return false;
  const { feature, mean, deviation, opinion = 0 }: Partial<Covariate> = value;
  const hasNumbers = [mean, deviation, opinion].every(Number.isFinite);
  return typeof feature === 'string' && hasNumbers && (deviation ?? 0) > 0;
}
