import { logGamma } from '../distributions/gamma.ts';
import { logSumExp } from './e-process.ts';

/** How close to the declared shares the bets look for others: the larger, the closer. */
const concentrations = [10, 100, 1_000, 10_000, 100_000] as const;

/**
 * Log e-value against "each unit falls in cell i with probability `shares[i]`, whatever came before": a sample ratio
 * mismatch of any number of arms that may be looked at at any time. Likelihood ratios of Dirichlet mixtures around the
 * declared shares (Lindon and Malek, arXiv 2011.03567), five concentrations averaged. P(e-value ever reaches 1/alpha)
 * <= alpha. `shares` are above 0 and sum to 1. Relative error <= 1e-9 (golden vectors).
 */
export function logSharesEValue(counts: readonly number[], shares: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const declared = counts.reduce((sum, count, i) => sum + count * Math.log(shares[i] ?? 0), 0);
  const logs = concentrations.map((concentration) =>
    counts.reduce(
      (sum, count, i) => {
        const before = concentration * (shares[i] ?? 0);
        return sum + logGamma(before + count) - logGamma(before);
      },
      logGamma(concentration) - logGamma(concentration + all) - declared,
    ),
  );
  return logSumExp(logs) - Math.log(concentrations.length);
}
