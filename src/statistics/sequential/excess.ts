import { logSumExp, type FailureCounts } from './e-process.ts';

/** Bets of different size: small ones see a small excess over many failures, large ones a large excess soon. */
const bets = 16;
const betLeast = 0.002;
/** The largest bet times the largest loss of one failure; below 1, or the bound of Fan and others does not hold. */
const betMost = 0.8;

/**
 * Of failures that were assigned by chance: those of the challenger, less what the champion's failures let expect.
 * Relative error <= 1e-13 (golden vectors).
 */
export function estimatedExcess(counts: readonly FailureCounts[]): number {
  return assignedByChance(counts).reduce(
    (sum, { weight, championFailures, challengerFailures }) =>
      sum + challengerFailures - lossOf(weight) * championFailures,
    0,
  );
}

/**
 * Log e-value against "so far the challenger has failed at most `excessMax` times more often than the champion would
 * have on its entities". A failure of the challenger counts 1, one of the champion -w / (1 - w), which is 0 on average
 * where both are alike; their sum less its conditional means is a martingale, and for each bet l below 1 / c with c =
 * w / (1 - w), exp(l D + (log(1 - l c) + l c) (D / c)^2) is at most exp(l E[D]) on average (Fan, Grama and Liu, arXiv
 * 1504.03453, lemma 4.1). 16 bets are averaged. By Ville's inequality P(it ever reaches 1/alpha while that is true) <=
 * alpha, at any number of looks, through any ramp, and however the failures come and go. `weightMax` is the largest
 * share below 1 that the plan has, known before the first row. Relative error <= 1e-12 (golden vectors).
 */
export function logExcessEValue(counts: readonly FailureCounts[], excessMax: number, weightMax: number): number {
  return logMixture(termsOf(counts, weightMax), excessMax);
}

/**
 * The largest `excessMax` that is refuted at 1/alpha, at least 0: so many failures more are proven. Relative error <=
 * 1e-14 (golden vectors).
 */
export function provenExcess(counts: readonly FailureCounts[], alpha: number, weightMax: number): number {
  const terms = termsOf(counts, weightMax);
  const wanted = -Math.log(alpha);
  let [low, high] = [0, Math.max(0, estimatedExcess(counts))];
  if (logMixture(terms, 0) < wanted) return 0;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (logMixture(terms, middle) >= wanted) low = middle;
    else high = middle;
  }
  return low;
}

interface Term {
  readonly bet: number;
  /** What the bet has won before the excess that is allowed is taken off. */
  readonly won: number;
}

function termsOf(counts: readonly FailureCounts[], weightMax: number): readonly Term[] {
  const most = betMost / Math.max(1, lossOf(weightMax));
  const excess = estimatedExcess(counts);
  const known = assignedByChance(counts);
  return Array.from({ length: bets }, (_, k) => {
    const bet = betLeast * (most / betLeast) ** (k / (bets - 1));
    const paid = known.reduce((sum, { weight, championFailures, challengerFailures }) => {
      const loss = lossOf(weight);
      const price = -Math.log1p(-bet * loss) - bet * loss;
      return sum + price * (challengerFailures / (loss * loss) + championFailures);
    }, 0);
    return { bet, won: bet * excess - paid };
  });
}

function logMixture(terms: readonly Term[], excessMax: number): number {
  return logSumExp(terms.map(({ bet, won }) => won - bet * excessMax)) - Math.log(bets);
}

/** How far one failure of the champion lowers the excess. */
function lossOf(weight: number): number {
  return weight >= 1 ? 0 : weight / (1 - weight);
}

/** At 0 or 1 nothing was assigned by chance, so a failure says nothing about the arms. */
function assignedByChance(counts: readonly FailureCounts[]): readonly FailureCounts[] {
  return counts.filter(({ weight }) => weight > 0 && weight < 1);
}
