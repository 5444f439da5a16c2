import { blockMeans, momentsOf, welchGreater } from '../../statistics/paired.ts';
import { sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { WatchSpec } from '../spec/spec.ts';

export interface DecayJudgement {
  readonly verdict: 'steady' | 'decayed' | 'insufficient';
  readonly recentLoss: number | null;
  readonly referenceLoss: number | null;
  /** (recent - reference) / |reference|; null when it does not exist. */
  readonly relativeRise: number | null;
  readonly pValue: number | null;
  readonly rows: { readonly recent: number; readonly reference: number };
  readonly text: string;
}

/** Rows per block: long enough that the means of neighbouring blocks of a real stream are nearly independent. */
export const decayBlockRows = 50;
const blocksMin = 3;
/** Rows of each kind without which decay is not judged, whatever the plan asks for. */
export const decayRowsMin = blocksMin * decayBlockRows;

/**
 * Is the model worse now than right after its promotion? `recent` and `reference` are losses per row (smaller is
 * better) on matured labels, in time order. Decayed when Welch's one-sided test on block means is significant at alpha
 * and the mean loss has risen by at least `relativeRiseMin`.
 */
export function judgeDecay(
  recent: ArrayLike<number>,
  reference: ArrayLike<number>,
  decay: WatchSpec['decay'],
): DecayJudgement {
  const rows = { recent: recent.length, reference: reference.length };
  const rowsMin = Math.max(decay.labelledRowsMin, decayRowsMin);
  if (rows.recent < rowsMin || rows.reference < rowsMin) {
    const text =
      `Quality was not judged: ${sayMany(rows.recent, 'recent labelled row')} and ` +
      `${sayMany(rows.reference, 'row')} from after promotion are in, ${sayMany(rowsMin, 'row')} of each are needed.`;
    return {
      verdict: 'insufficient',
      recentLoss: null,
      referenceLoss: null,
      relativeRise: null,
      pValue: null,
      rows,
      text,
    };
  }
  const recentLoss = momentsOf(recent).mean;
  const referenceLoss = momentsOf(reference).mean;
  const relativeRise = referenceLoss === 0 ? null : (recentLoss - referenceLoss) / Math.abs(referenceLoss);
  const test = welchGreater(blockMeans(recent, decayBlockRows), blockMeans(reference, decayBlockRows));
  const pValue = test?.pValue ?? 1;
  // From a loss of exactly 0 every rise is infinite in relation.
  const isLarge = relativeRise === null ? recentLoss > 0 : relativeRise >= decay.relativeRiseMin;
  const isDecayed = pValue <= decay.alpha && isLarge;
  const change =
    relativeRise === null
      ? 'from nothing'
      : `${sayShare(Math.abs(relativeRise))} ${relativeRise >= 0 ? 'higher' : 'lower'}`;
  const text =
    `Loss is ${sayNumber(recentLoss)} on the last ${sayMany(rows.recent, 'labelled row')}, ` +
    `${sayNumber(referenceLoss)} after promotion: ${change} ` +
    `(p ${sayNumber(pValue)}; alarm at p ${sayNumber(decay.alpha)} and ${sayShare(decay.relativeRiseMin)}): ` +
    `${isDecayed ? 'quality has decayed' : 'steady'}.`;
  return { verdict: isDecayed ? 'decayed' : 'steady', recentLoss, referenceLoss, relativeRise, pValue, rows, text };
}
