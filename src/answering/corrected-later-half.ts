import { applyCorrection } from '../domain/rollout/correction.ts';
import { recalibrate, sliceRows, type LabelledScores } from '../domain/rollout/recalibrate.ts';

/** The same labelled rows as two models scored them, uncorrected; oldest first. */
export interface PairedScores extends Omit<LabelledScores, 'raw'> {
  readonly champion: LabelledScores['raw'];
  readonly challenger: LabelledScores['raw'];
}

/** `from` is the first row of the later half; the scores begin there. */
export interface LaterHalf {
  readonly from: number;
  readonly champion: LabelledScores['raw'];
  readonly challenger: LabelledScores['raw'];
}

/**
 * Where answers are corrected, two models are compared as they will be served: on the later half of their rows, each
 * corrected by what the earlier half says of it, without having seen the labels it is judged on. A level that moved is
 * so held against neither.
 */
export function correctedLaterHalf(rows: PairedScores, halfLifeRows: number): LaterHalf {
  const { task, labels } = rows;
  const from = Math.floor(labels.length / 2);
  const later = (raw: LabelledScores['raw']): LabelledScores['raw'] => {
    const correction = recalibrate(sliceRows({ task, labels, raw }, 0, from), halfLifeRows);
    return raw.slice(from).map((scores) => applyCorrection(correction, scores));
  };
  return { from, champion: later(rows.champion), challenger: later(rows.challenger) };
}
