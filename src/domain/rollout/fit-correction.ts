import { percentile } from '../../statistics/samples/bootstrap.ts';
import { blockMeans } from '../../statistics/samples/paired.ts';
import { provenMean, type ProvenMean } from '../../statistics/sequential/proven-mean.ts';
import type { CorrectionSpec } from '../spec/spec.ts';
import { sayMany, sayNumber } from '../words/say.ts';
import { boundedStep } from './bounded-step.ts';
import type { Correction } from './correction.ts';
import {
  answeredHarm,
  forwardGains,
  judgedBlockRows,
  lossDifferences,
  type LossDifferences,
} from './correction-gains.ts';
import { recalibrate, sliceRows, type LabelledScores } from './recalibrate.ts';
import { servedFrom } from './recent-errors.ts';

export interface CorrectionJudgement {
  readonly verdict: 'identity' | 'kept' | 'fitted';
  readonly correction: Correction | null;
  readonly rows: number;
  /**
   * Loss uncorrected minus corrected, on rows outside of the fits; null while they are too few, and for a refit within
   * a window, which is not asked for it.
   */
  readonly gain: ProvenMean | null;
  /** Loss as answered minus uncorrected, on rows answered since the correction is on; null while they are too few. */
  readonly harm: ProvenMean | null;
  readonly text: string;
}

interface FitOptions {
  readonly isFirst?: boolean;
  /** Not at its end: that correcting no longer gains is asked once a window, since nothing is proven by it. */
  readonly isWithinWindow?: boolean;
  /** What answered before other refits that are part of the same step; absent: what answers now. */
  readonly stepFrom?: Correction | null;
}

/**
 * Error of each question. That of the gain is for one window, where nothing is to gain (to correct what is right loses
 * a little, and is proven far less often): a correction that is on without need costs little, moves
 * one step at a time, and goes when it harms, while one that waits for the error of all windows misses what it is for
 * (a stream that drifts). To answer as trained is the safe side: what harms goes sooner than what helps comes, and a
 * correction that is taken off for nothing has to prove itself again.
 */
const alphas = { gain: 0.2, harm: 0.2, refit: 0.05 } as const;
/** Values are looked at in at least this many stretches, of at least that many rows. */
const stretches = { countMin: 8, rowsMin: 10 } as const;
const holdBackShare = 0.2;

/**
 * Ridge-penalised Platt scaling (Platt 1999; vector scaling for several classes, least squares for a value) around the
 * identity, with weights that halve every `halfLifeRows`. Switched on only when correcting is proven to gain on rows
 * outside of its fits (a lower bound above 0). One that is on is refitted unless the refit is proven to be worse than
 * it, and taken off when it is proven to have harmed the rows that it answered, or no longer gains. No refit moves the
 * answers further than `boundedStep` lets it, but for a version that has answered nobody (`isFirst`): its level is
 * what a whole hold-out says. At most 26 fits, each of at most 30 steps over at most `rowsMax` rows; within a window
 * two of them.
 */
export function fitCorrection(
  given: LabelledScores,
  current: Correction | null,
  spec: CorrectionSpec,
  { isFirst = false, isWithinWindow = false, stepFrom = current }: FitOptions = {},
): CorrectionJudgement {
  const count = Math.min(given.labels.length, spec.rowsMax);
  const rows = youngest(given, spec.rowsMax);
  const nothing = { rows: count, gain: null, harm: null };
  if (count < spec.labelledRowsMin) {
    const text = `Not corrected anew: ${sayMany(count, 'labelled row')} are in, ${spec.labelledRowsMin} are needed.`;
    return { verdict: 'kept', correction: current, ...nothing, text };
  }
  const fitted = (): Correction => {
    const free = servedFrom(rows, recalibrate(rows, spec.halfLifeRows));
    return isFirst ? free : boundedStep(rows, stepFrom, free);
  };
  if (isWithinWindow && current !== null) {
    const gained = 'what correcting gains is asked at the end of the window';
    return judgeRefit(rows, current, spec, { rows: count, gain: null, isGaining: true, gained, fitted });
  }
  const gains = forwardGains(rows, spec);
  const judged = { ...nothing, gain: proven(rows, gains, alphas.gain, judgedBlockRows(spec), false) };
  const gained = sayGain(judged.gain, gains.values.length);
  if (current === null) {
    if (judged.gain === null || judged.gain.lower <= 0)
      return { verdict: 'identity', correction: null, ...judged, text: `Uncorrected: ${gained}.` };
    return { verdict: 'fitted', correction: fitted(), ...judged, text: `Corrected: ${gained}.` };
  }
  return judgeRefit(rows, current, spec, {
    ...judged,
    isGaining: judged.gain === null || isMostlyGaining(gains, judgedBlockRows(spec)),
    gained,
    fitted,
  });
}

/** The hold-out is older than all rows of a version: it goes as soon as the oldest of these are not read any more. */
function youngest(given: LabelledScores, rowsMax: number): LabelledScores {
  const count = given.labels.length;
  const { holdOut, ...rows } = sliceRows(given, Math.max(0, count - rowsMax), count);
  return holdOut === undefined || count >= rowsMax ? rows : { ...rows, holdOut };
}

interface Refit {
  readonly rows: number;
  readonly gain: ProvenMean | null;
  readonly isGaining: boolean;
  readonly gained: string;
  readonly fitted: () => Correction;
}

function judgeRefit(
  rows: LabelledScores,
  current: Correction,
  spec: CorrectionSpec,
  { gained, isGaining, fitted, rows: count, gain }: Refit,
): CorrectionJudgement {
  const blockRows = judgedBlockRows(spec);
  const harm = proven(rows, answeredHarm(rows), alphas.harm, blockRows);
  const judged = { rows: count, gain, harm };
  if (harm !== null && harm.lower > 0) {
    const text =
      `Taken off: it made the loss of the last ${sayMany(harm.rows, 'row')} that it answered larger by ` +
      `${sayNumber(harm.estimate)} (at least ${sayNumber(harm.lower)}).`;
    return { verdict: 'identity', correction: null, ...judged, text };
  }
  if (!isGaining) {
    const text = `Taken off: in most stretches it no longer gains; ${gained}.`;
    return { verdict: 'identity', correction: null, ...judged, text };
  }
  const cut = youngestFrom(count, spec);
  const before = sliceRows(rows, 0, cut);
  const youngest = sliceRows(rows, cut, count);
  // The whole way, not one step of it: where answers are far off, a step may change no clipped loss and still be right.
  const trial = recalibrate(before, spec.halfLifeRows);
  const loss = proven(youngest, lossDifferences(youngest, trial, current), alphas.refit, blockRows);
  if (loss !== null && loss.lower > 0) {
    const text =
      `The correction stays: a new one is worse by ${sayNumber(loss.estimate)} ` +
      `(at least ${sayNumber(loss.lower)}) on the youngest ${sayMany(loss.rows, 'labelled row')}.`;
    return { verdict: 'kept', correction: current, ...judged, text };
  }
  return { verdict: 'fitted', correction: fitted(), ...judged, text: `Corrected anew: ${gained}.` };
}

/**
 * Where the rows begin by which a refit is held against what is on. Of a correction that is fitted within windows only
 * the rows that came since count: those before are what it was fitted on, and by them hardly any refit is as good.
 */
function youngestFrom(count: number, { everyRows = Number.POSITIVE_INFINITY }: CorrectionSpec): number {
  return Math.max(1, Math.floor(count * (1 - holdBackShare)), count - everyRows);
}

/** By the median of blocks: one burst in what is read must not take off what helps on all other rows. */
function isMostlyGaining({ values }: LossDifferences, blockRows: number): boolean {
  return percentile(blockMeans(values, Math.min(blockRows, values.length)).sort(), 0.5) > 0;
}

/** `rowsMax` is the length of a stretch that may not decide alone, where there are rows enough. */
function proven(
  { entities }: LabelledScores,
  { values, span }: LossDifferences,
  alpha: number,
  rowsMax: number,
  isForAllLooks = true,
): ProvenMean | null {
  const blockRows = Math.min(rowsMax, Math.floor(values.length / stretches.countMin));
  if (blockRows < stretches.rowsMin) return null;
  const groups = entities === undefined ? null : Uint32Array.from(entities.slice(-values.length));
  return provenMean(values, { alpha, blockRows, groups, span, isForAllLooks });
}

/**
 * Loss uncorrected minus loss as answered (in shadow: as it would have been), on the rows since the correction is on;
 * null while they are too few.
 */
export function answeredGain(rows: LabelledScores, spec: CorrectionSpec): ProvenMean | null {
  const { values, span } = answeredHarm(rows);
  return proven(rows, { values: values.map((value) => -value), span }, alphas.harm, judgedBlockRows(spec));
}

export function sayAnsweredGain(gain: ProvenMean | null): string {
  if (gain === null) return 'Too few rows have come after a fit to say what it would have gained.';
  return (
    `It would have gained ${sayNumber(gain.estimate)} (at least ${sayNumber(gain.lower)}) on the last ` +
    `${sayMany(gain.rows, 'labelled row')} that came after a fit.`
  );
}

function sayGain(gain: ProvenMean | null, rows: number): string {
  if (gain === null) return `only ${sayMany(rows, 'labelled row')} outside of a fit are in`;
  return (
    `correcting gains ${sayNumber(gain.estimate)} (at least ${sayNumber(gain.lower)}) on the last ` +
    `${sayMany(gain.rows, 'labelled row')} outside of its fits`
  );
}
