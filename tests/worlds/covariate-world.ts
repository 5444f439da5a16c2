import type { LabelledScores } from '../../src/domain/rollout/recalibrate.ts';
import type { Random } from '../../src/statistics/numeric/random.ts';

export interface CovariateRows {
  /** By how much the log-odds of a row have moved: what the model does not know. */
  readonly offAt?: (features: readonly number[], row: number) => number;
  /** How many features stand beside the score. */
  readonly width: number;
  /** Log-odds that the model adds to the truth, as they were when it was trained. */
  readonly errorOf?: (features: readonly number[]) => number;
}

/** 31 % positives. A model whose scores know the truth but for `errorOf` and `offAt`, beside standardised features. */
export function covariateRows(
  count: number,
  random: Random,
  { width, offAt = () => 0, errorOf = () => 0 }: CovariateRows,
): LabelledScores {
  const values = new Float64Array(count * width);
  const raw: (readonly number[])[] = [];
  const labels: number[] = [];
  for (let row = 0; row < count; row++) {
    const features = Array.from({ length: width }, () => random.normal());
    const known = -1.15 + 1.2 * random.normal() + (width > 0 ? 0.9 * (features[0] ?? 0) : 0.9 * random.normal());
    const p = logistic(known + errorOf(features));
    values.set(
      features.map((value) => Math.min(Math.max(value, -3), 3)),
      row * width,
    );
    raw.push([1 - p, p]);
    labels.push(random.next() < logistic(known + offAt(features, row)) ? 1 : 0);
  }
  const standards = Array.from({ length: width }, (_, k) => ({ feature: `f${k}`, mean: 0, deviation: 1 }));
  return { task: 'binary', labels, raw, ...(width === 0 ? {} : { standards, covariates: { width, values } }) };
}

/** Rows after one another, of the same features. */
export function joinRows(first: LabelledScores, second: LabelledScores): LabelledScores {
  const width = first.covariates?.width ?? 0;
  const values = Float64Array.from([...(first.covariates?.values ?? []), ...(second.covariates?.values ?? [])]);
  return {
    ...first,
    labels: [...first.labels, ...second.labels],
    raw: [...first.raw, ...second.raw],
    ...(width === 0 ? {} : { covariates: { width, values } }),
  };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
