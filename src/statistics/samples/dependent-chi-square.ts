import { fisherSf } from '../distributions/beta.ts';
import type { BlockSpread } from './block-spread.ts';
import { chiSquareSf } from '../distributions/gamma.ts';

export interface DependentChiSquare {
  readonly pValue: number;
  /** How much wider shares spread than those of independent rows, as a variance, over all cells; at least 1. */
  readonly designEffect: number;
  /** The same in about the direction that spreads most; at least 1. */
  readonly largestEffect: number;
  /** Degrees of freedom with which the effects are known; infinite where rows are taken to be independent. */
  readonly effectDf: number;
}

/** A length that judges has at least so many blocks: of fewer, the tail of the spread is not known. */
const blocksMin = 40;
/** A statistic below its median decides nothing, and need not be computed at every length. */
const undecided = 0.5;

/**
 * The p-value of a chi-square statistic of homogeneity when rows are not independent. `spreads` say how the
 * reference's own blocks differ (shortest first; none: rows are taken to be independent), `rows` is the smaller
 * sample's size.
 *
 * The statistic is then a sum of chi-squares weighted by the design effects (Rao and Scott, Annals of Statistics 12,
 * 1984). Its tail is that of a chi-square with the same mean, variance and skewness (Buckley and Eagleson, Austral. J.
 * Statist. 30, 1988), over an estimated spread as in an F test (Thomas and Rao, JASA 82, 1987). Each length of blocks
 * up to `rows` gives one, continued to `rows` by its own growth, and the largest p-value counts: a short block misses
 * long memory, a long one is seen too few times. Memory longer than the reference cannot be seen in it. Relative error
 * <= 1e-13 (golden vectors).
 */
export function dependentChiSquare(
  statistic: number,
  df: number,
  rows: number,
  spreads: readonly BlockSpread[],
): DependentChiSquare {
  const measured = spreads.filter(({ cells }) => cells > 1);
  if (measured.length === 0 || df < 1)
    return {
      pValue: df < 1 ? 1 : chiSquareSf(statistic, df),
      designEffect: 1,
      largestEffect: 1,
      effectDf: Number.POSITIVE_INFINITY,
    };
  const usable = measured.filter(({ blocks, blockRows }) => blocks >= blocksMin && blockRows <= rows);
  const last = Math.max(1, usable.length);
  let worst: DependentChiSquare = { pValue: 0, designEffect: 1, largestEffect: 1, effectDf: Number.POSITIVE_INFINITY };
  for (let at = last - 1; at >= 0; at--) {
    const spread = measured[at];
    if (spread === undefined) continue;
    const law = lawAt(spread, measured[at + 1], df, rows);
    const [first, second, third] = law.sums;
    worst = {
      pValue: worst.pValue > undecided ? worst.pValue : Math.max(worst.pValue, tailOf(statistic, law)),
      designEffect: Math.max(worst.designEffect, first / df),
      largestEffect: Math.max(worst.largestEffect, third / second),
      effectDf: Math.min(worst.effectDf, law.effectDf),
    };
  }
  return worst;
}

interface Law {
  readonly sums: readonly [number, number, number];
  readonly effectDf: number;
}

/** The power sums of the design effects for samples of `rows`, of which blocks of a shorter length show a part. */
function lawAt(spread: BlockSpread, longer: BlockSpread | undefined, df: number, rows: number): Law {
  const { powerSums, blocks, blockRows, cells, turns = Number.POSITIVE_INFINITY } = spread;
  const directions = cells - 1;
  const [first, second, third] = powerSums;
  const seen = first - directions;
  // On the safe side by one standard error of what independent rows show.
  const noise = Math.sqrt((2 * directions) / (blocks - 1));
  const excess = Math.max(0, seen) + noise;
  const steps = Math.log2(Math.max(1, rows / blockRows));
  // The further it is continued, the surer must it be that there is any; what may be chance has no direction.
  const isSure = seen > noise * (1 + steps / 4);
  const growth = isSure ? growthOf(seen, longer) : 0;
  const times = 2 ** (steps * growth);
  const excess2 = Math.max((excess * excess) / directions, isSure ? second - 2 * first + directions : 0);
  const excess3 = Math.max((excess2 * excess2) / excess, isSure ? third - 3 * second + 3 * first - directions : 0);
  const [e1, e2, e3] = [times * excess, times ** 2 * excess2, times ** 3 * excess3];
  // Cells that were pooled for the test are taken to be like the others.
  const scale = df / directions;
  return {
    sums: [scale * (directions + e1), scale * (directions + 2 * e1 + e2), scale * (directions + 3 * e1 + 3 * e2 + e3)],
    // Blocks that still depend on each other are worth fewer; those of one turn of a season may all do.
    effectDf: growth > 0 ? Math.min((blocks - 1) / times, turns - 1) : (blocks - 1) / times,
  };
}

/** With which power of the length memory grows: 0 when it has ended, 1 when a block is too short to see its end. */
function growthOf(excess: number, longer: BlockSpread | undefined): number {
  if (longer === undefined) return 1;
  const excessLonger = longer.powerSums[0] - (longer.cells - 1);
  return excessLonger <= excess ? 0 : Math.min(1, Math.log2(excessLonger / excess));
}

function tailOf(statistic: number, { sums: [first, second, third], effectDf }: Law): number {
  const likeDf = second ** 3 / third ** 2;
  const like = (statistic - first) / Math.sqrt(second / likeDf) + likeDf;
  // The spread of one direction is known with `effectDf` degrees of freedom, that of many together with more.
  return fisherSf(like / likeDf, likeDf, effectDf * Math.sqrt(likeDf));
}
