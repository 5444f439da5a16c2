/**
 * First failures of entities while the challenger had a share `weight` of them. Integers only: they add up across looks
 * and processes.
 */
export interface FailureCounts {
  /** Share of entities assigned to the challenger, 0..1. */
  readonly weight: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
}

const alternatives = 24;
const ratioLeast = 1.1;
const ratioMost = 30;

/**
 * Log e-value against "the challenger's failure risk is at most `riskRatioMax` times the champion's". Under that
 * hypothesis a failure falls in the challenger's share w with probability at most r w / (1 - w + r w), whatever the
 * base rate does, so each failure multiplies a fair bet; the bets on 24 log-spaced alternatives (1.1 to 30 times
 * `riskRatioMax`) are averaged. By Ville's inequality P(e-value ever reaches 1/alpha) <= alpha, at any number of looks
 * and through any ramp. With first failures only, w is exact at ratio 1; a strict form would use the shares still at
 * risk. Relative error <= 1e-13 (golden vectors).
 */
export function logEValue(counts: readonly FailureCounts[], riskRatioMax: number): number {
  const logs = new Float64Array(alternatives);
  for (let k = 0; k < alternatives; k++) {
    const ratio = riskRatioMax * (alternativeRatios[k] ?? Number.NaN);
    const gain = Math.log(ratio / riskRatioMax);
    let sum = 0;
    for (const { weight, championFailures, challengerFailures } of counts) {
      // At 0 or 1 nothing was assigned by chance, so a failure says nothing about the arms.
      if (weight <= 0 || weight >= 1) continue;
      const price = Math.log((1 - weight + ratio * weight) / (1 - weight + riskRatioMax * weight));
      sum += challengerFailures * (gain - price) - championFailures * price;
    }
    logs[k] = sum;
  }
  return logSumExp(logs) - Math.log(alternatives);
}

/**
 * Log e-value against "a unit fails with probability at most `rateMax`, whatever came before it": the likelihood ratio
 * of a larger rate, averaged over 24 rates whose odds are 1.1 to 30 times those of `rateMax`. Each unit multiplies a
 * bet that is fair or worse, so by Ville's inequality P(e-value ever reaches 1/alpha) <= alpha. Infinite as soon as
 * something fails that never may (`rateMax` 0); 0 where everything may (1). Relative error <= 1e-14 for units 0 to
 * 1000000, failures 0 to 1000000, rateMax 1e-9 to 1 (golden vectors).
 */
export function logRateEValue(units: number, failures: number, rateMax: number): number {
  if (rateMax <= 0) return failures > 0 ? Infinity : 0;
  if (rateMax >= 1) return 0;
  const logs = Float64Array.from({ length: alternatives }, (_, k) => {
    const ratio = alternativeRatios[k] ?? Number.NaN;
    // The odds are `ratio` times those of `rateMax`; written so that nothing cancels at either end.
    const price = Math.log1p((ratio - 1) * rateMax);
    const gain = -Math.log1p((-(ratio - 1) * (1 - rateMax)) / ratio);
    return failures * gain - (units - failures) * price;
  });
  return logSumExp(logs) - Math.log(alternatives);
}

/** Entities that came for the first time while the challenger had a share `weight` of them, by where they went. */
export interface AssignedCounts {
  /** Share of entities that should go to the challenger, 0..1. */
  readonly weight: number;
  readonly champion: number;
  readonly challenger: number;
}

/**
 * Log e-value against "each entity goes to the challenger with probability `weight`": a sample ratio mismatch that may
 * be looked at at any time, after Lindon and Malek (arXiv 2011.03567). It bets on odds 1.1 to 30 times too large and
 * as many times too small, half each. P(e-value ever reaches 1/alpha) <= alpha, through any ramp. Relative error <=
 * 1e-14 (golden vectors).
 */
export function logAssignmentEValue(counts: readonly AssignedCounts[]): number {
  const more = logEValue(
    counts.map(({ weight, champion, challenger }) => ({
      weight,
      championFailures: champion,
      challengerFailures: challenger,
    })),
    1,
  );
  const fewer = logEValue(
    counts.map(({ weight, champion, challenger }) => ({
      weight: 1 - weight,
      championFailures: challenger,
      challengerFailures: champion,
    })),
    1,
  );
  return logSumExp([more, fewer]) - Math.LN2;
}

/**
 * The k-th tested multiple of the accepted ratio, k in 0..23. Relative error <= 1e-15 for k 0 to 23 (golden vectors).
 */
export function alternativeRatio(k: number): number {
  return Math.exp(Math.log(ratioLeast) + (k / (alternatives - 1)) * Math.log(ratioMost / ratioLeast));
}

const alternativeRatios = Float64Array.from({ length: alternatives }, (_, k) => alternativeRatio(k));

/** Stop as soon as the e-value has reached 1/alpha. Exact (golden vectors). Exact (golden vectors). */
export function isBeyondBoundary(logE: number, alpha: number): boolean {
  return logE >= -Math.log(alpha);
}

/** ln of a sum of exponentials without overflow. Exact (golden vectors). Exact (golden vectors). */
export function logSumExp(logs: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < logs.length; i++) largest = Math.max(largest, logs[i] ?? -Infinity);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < logs.length; i++) sum += Math.exp((logs[i] ?? -Infinity) - largest);
  return largest + Math.log(sum);
}
