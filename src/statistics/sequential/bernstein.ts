import { logSumExp } from './e-process.ts';

/** Bets next to each other differ by this factor. */
const betRatio = 1.5;
/** The largest bet times the largest loss; below 1, or the bound does not hold. */
const betMost = 0.9;
const stepsMax = 50;

export interface BernsteinOptions {
  /** P(the sum less its conditional means ever reaches the bound) is at most this, 0 < alpha < 1. */
  readonly alpha: number;
  /** No term lies further than this from 0. */
  readonly scale: number;
  /** Terms for which the bets are made; the error holds at any number of them. */
  readonly termsTuned: number;
}

/**
 * How far a sum may lie above the sum of its terms' conditional means, at every number of terms at once: a confidence
 * sequence without asymptotics, whatever the terms are, as long as none is further than `scale` from 0. `squares` is
 * the sum of their squares so far. For each bet l below 1 / c, exp(l D + (log(1 - l c) + l c) (D / c)^2) is at most
 * exp(l E[D]) on average for D >= -c (Fan, Grama and Liu, arXiv 1504.03453, lemma 4.1; Howard, Ramdas, McAuliffe and
 * Sekhon, arXiv 1810.08240, theorem 4). Bets from `betMost` downwards, each `betRatio` smaller, are averaged; by
 * Ville's inequality their mean ever reaches 1 / alpha with probability at most alpha. Relative error <= 1e-13 for
 * squares 0 to 1000000, alpha 0.000001 to 0.05, scale 1 to 60, termsTuned 1000 to 1000000 (golden vectors).
 */
export function bernsteinReach(squares: number, { alpha, scale, termsTuned }: BernsteinOptions): number {
  const bets = betsOf(alpha, termsTuned);
  const wanted = Math.log(bets.length / alpha);
  const spread = squares / (scale * scale);
  const prices = bets.map((bet) => (-Math.log1p(-bet) - bet) * spread);
  // The mixture is convex and rises: Newton's steps from above come down to the root and never pass it.
  let reach = bets.reduce((least, bet, k) => Math.min(least, (wanted + (prices[k] ?? 0)) / bet), Infinity);
  for (let step = 0; step < stepsMax; step++) {
    const won = bets.map((bet, k) => bet * reach - (prices[k] ?? 0));
    const all = logSumExp(won);
    const slope = bets.reduce((sum, bet, k) => sum + bet * Math.exp((won[k] ?? 0) - all), 0);
    const next = reach - (all - wanted) / slope;
    if (!(reach - next > 1e-13 * reach)) break;
    reach = next;
  }
  return reach * scale;
}

/** The smallest bet is the best one for terms that spread as widely as they can, at `termsTuned` of them. */
function betsOf(alpha: number, termsTuned: number): readonly number[] {
  const least = Math.min(0.3, Math.sqrt((8 * Math.log(4 / alpha)) / termsTuned));
  const bets: number[] = [];
  for (let bet = betMost; bet > least / betRatio; bet /= betRatio) bets.push(bet);
  return bets;
}
