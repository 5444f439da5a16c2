import type { Outcome, Payment } from './payment.ts';
import type { Random } from './random.ts';

type LabelPlan = Pick<Payment, 'label' | 'labelDelayRows' | 'correction' | 'duplicateDelayRows'>;

/** Median delay in rows; skewed (lognormal), so that one label in twenty takes about three times as long. */
export const labelDelayRowsMedian: { readonly [Label in Outcome]: number } = { fraud: 150, genuine: 120 };
const labelDelaySigma = 0.7;

/**
 * Shares: of payments that nobody ever labels; of frauds first believed genuine; of genuine ones disputed by mistake;
 * of reports sent twice.
 */
export const neverLabelledShare = 0.02;
export const overlookedFraudShare = 0.03;
export const mistakenDisputeShare = 0.002;
export const duplicateShare = 0.02;

/**
 * When and how the outcome becomes known. Takes the same number of draws whatever comes out, so streams stay aligned.
 */
export function planLabels(random: Random, truth: Outcome): LabelPlan {
  const delayRows = Math.max(1, Math.round(random.lognormal(labelDelayRowsMedian[truth], labelDelaySigma)));
  const never = random.chance(neverLabelledShare);
  const wrongFirst = random.chance(truth === 'fraud' ? overlookedFraudShare : mistakenDisputeShare);
  const correctedAfterRows = Math.max(1, Math.round(random.lognormal(300, 0.5)));
  const duplicate = random.chance(duplicateShare);
  const duplicateAfterRows = 1 + random.integer(50);
  if (never) return { label: truth, labelDelayRows: null, correction: null, duplicateDelayRows: null };
  return {
    label: wrongFirst ? opposite(truth) : truth,
    labelDelayRows: delayRows,
    correction: wrongFirst ? { label: truth, delayRows: delayRows + correctedAfterRows } : null,
    duplicateDelayRows: duplicate ? delayRows + duplicateAfterRows : null,
  };
}

function opposite(outcome: Outcome): Outcome {
  return outcome === 'fraud' ? 'genuine' : 'fraud';
}
