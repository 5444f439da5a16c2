import { bounded } from '../tasks/recalibration.ts';
import type { Covariates } from '../tasks/task.ts';
import type { Correction } from './correction.ts';
import { standardised } from './covariates.ts';
import type { LabelledScores } from './recalibrate.ts';

/** Means are of so many newest known errors, or of as many as there are. */
const meansOfRows = [20, 100, 500];
/** Ten points of probability are one unit, as one deviation of a feature is. */
const unit = { feature: 'recent errors', mean: 0, deviation: 0.1 };

export interface RecentErrorsPlan {
  /** The place of each row in the traffic, ascending. */
  readonly seqs: readonly number[];
  /** Of the last row that was answered: the newest known label is this much older than what is answered next. */
  readonly lastSeq: number;
  /** Between two refits: of what is answered with a row nothing is known. */
  readonly everyRows: number;
}

/**
 * The same rows with means of the newest errors (label minus probability, uncorrected) beside what else stands there,
 * of two classes alone. A row has those that were known when the correction that answered it was fitted: of rows before
 * the last multiple of `everyRows`, as many rows earlier as the newest label is old now. What the means are now is told
 * as well; nobody asks for them when a row is answered.
 */
export function withRecentErrors(rows: LabelledScores, { seqs, lastSeq, everyRows }: RecentErrorsPlan): LabelledScores {
  const sums = [0];
  for (const [row, label] of rows.labels.entries())
    sums.push((sums.at(-1) ?? 0) + (label === 1 ? 1 : 0) - (rows.raw[row]?.[1] ?? 0.5));
  const meansOf = (known: number): readonly number[] =>
    meansOfRows.map((window) => {
      const from = Math.max(0, known - window);
      return known === 0 ? 0 : standardised(unit, ((sums[known] ?? 0) - (sums[from] ?? 0)) / (known - from));
    });
  const lagRows = Math.max(0, lastSeq - (seqs.at(-1) ?? lastSeq));
  let known = 0;
  const means = seqs.map((seq) => {
    while (known < seqs.length && (seqs[known] ?? 0) < seq - (seq % everyRows) - lagRows) known++;
    return meansOf(known);
  });
  return { ...rows, covariates: widened(rows.covariates, means), recentErrors: meansOf(seqs.length) };
}

/** A linear model of the features says nothing of these. */
function widened(covariates: Covariates | undefined, means: readonly (readonly number[])[]): Covariates {
  const { width, values, opinion } = covariates ?? { width: 0, values: new Float64Array(0), opinion: undefined };
  const all = means.flatMap((more, row) => [...values.subarray(row * width, (row + 1) * width), ...more]);
  return {
    width: width + meansOfRows.length,
    values: Float64Array.from(all),
    ...(opinion === undefined ? {} : { opinion: [...opinion, ...meansOfRows.map(() => 0)] }),
  };
}

/**
 * A fit as it answers until the next one: what the newest errors are worth is the same for all rows, so it is a part of
 * the intercept.
 */
export function servedFrom({ recentErrors }: LabelledScores, fitted: Correction): Correction {
  const { slope, intercepts, weights, ...others } = fitted;
  if (recentErrors === undefined || weights === undefined) return fitted;
  const features = weights.length - recentErrors.length;
  const level = recentErrors.reduce((sum, mean, k) => sum + mean * (weights[features + k] ?? 0), 0);
  return { ...others, ...bounded(slope, [(intercepts[0] ?? 0) + level], weights.slice(0, features)) };
}
