import { studentTQuantile } from '../../statistics/distributions/student-quantile.ts';
import type { EstimateAlarmSpec } from '../spec/parts/watch-spec.ts';
import { sayMany, sayNumber, sayShare } from '../words/say.ts';
import { estimateHorizonWindows, type EstimateJudgement } from './judge-estimate.ts';

export interface EstimatedDecay {
  /** Only what is trusted is judged. */
  readonly verdict: 'steady' | 'decayed' | 'insufficient';
  /** Lower bound of the mean loss that labels will show of such rows. */
  readonly lower: number | null;
  /** Mean loss that labels showed in the basis. */
  readonly reference: number | null;
  readonly text: string;
}

/**
 * Whether labels will show that quality has decayed, by a loss that is estimated and trusted. The error of calibration
 * is taken to be what it was, so the loss has risen by what the estimate has: Student's t of this window's estimate
 * against those of the basis, its error `alpha` shared out over 50 windows (Bonferroni). Decayed when even the lower
 * bound of the rise is `relativeRiseMin` of the loss in the basis. It may ring and decides nothing.
 */
export function judgeEstimatedDecay(judged: EstimateJudgement, alarm: EstimateAlarmSpec): EstimatedDecay {
  const { trust, basis, estimated } = judged;
  if (trust !== 'trusted' || basis === null)
    return { verdict: 'insufficient', lower: null, reference: null, text: 'What is not trusted rings no alarm.' };
  const { windows, estimatedDeviation, realised: reference } = basis;
  const t = studentTQuantile(alarm.alpha / estimateHorizonWindows, windows - 1);
  const rise = estimated - basis.estimated - t * estimatedDeviation * Math.sqrt(1 + 1 / windows);
  const lower = reference + rise;
  const isDecayed = rise > 0 && rise >= alarm.relativeRiseMin * Math.abs(reference);
  const text =
    `By this estimate labels will show a loss of at least ${sayNumber(lower)}; it was ` +
    `${sayNumber(reference)} in the first ${sayMany(windows, 'window')} of this champion ` +
    `(error ${sayNumber(alarm.alpha)} in ${sayMany(estimateHorizonWindows, 'window')}, alarm at ` +
    `${sayShare(alarm.relativeRiseMin)} more): ${isDecayed ? 'quality will prove to have decayed' : 'steady'}. ` +
    judged.text;
  return { verdict: isDecayed ? 'decayed' : 'steady', lower, reference, text };
}
