import { sayMany, sayNumber, sayShare } from '../../words/say.ts';
import type { WatchSpec } from '../../spec/spec.ts';
import { decayHorizonWindows, decayRowsMinOf, heldAgainst, type RecentLosses } from '../judge-decay.ts';
import type { BestReference } from './best-reference.ts';

/**
 * `far-below`: proven, and by as much as decay asks for; `near`: its loss is not even by that much higher; `unclear`:
 * neither, so that an alert that is open stays so.
 */
export const bestVerdicts = ['near', 'far-below', 'unclear', 'insufficient'] as const;
export type BestVerdict = (typeof bestVerdicts)[number];
export const bestWords: Readonly<Record<BestVerdict, string>> = {
  near: 'near its best',
  'far-below': 'far below its best',
  unclear: 'not proven',
  insufficient: 'not yet',
};

export interface BestJudgement {
  readonly verdict: BestVerdict;
  /** Whose losses right after its promotion were the smallest. */
  readonly version: number;
  readonly window: number;
  readonly of: number;
  readonly bestLoss: number;
  readonly bestRows: number;
  /** Of the champion of the window; null while there is too little. */
  readonly recentLoss: number | null;
  readonly recentRows: number;
  readonly relativeRise: number | null;
  /** For all spans of 50 windows and all references that the best is of. */
  readonly pValue: number | null;
  readonly text: string;
}

/**
 * Is the model far below the best that it ever was? As decay, against the smallest of several references; alpha is
 * shared out among them as well (Bonferroni), so that the choice of the smallest adds no error. `alpha` is this
 * question's part of the plan's.
 */
export function judgeBest(
  recent: RecentLosses,
  { version, window, of, reference }: BestReference,
  decay: WatchSpec['decay'],
  alpha: number,
): BestJudgement {
  const told = { version, window, of, bestLoss: reference.mean, bestRows: reference.rows };
  const best = `v${version} had ${sayNumber(reference.mean)} when promoted, the best of ${sayMany(of, 'champion')}`;
  const spans = heldAgainst(recent, reference, decay, of);
  const last = spans.at(-1);
  if (last === undefined) {
    const text = `${best}; ${sayMany(recent.losses.length, 'recent labelled row')} of ${decayRowsMinOf(decay)} are in.`;
    const nothing = { recentLoss: null, relativeRise: null, pValue: null };
    return { verdict: 'insufficient', ...told, ...nothing, recentRows: recent.losses.length, text };
  }
  const found = spans.find(({ pValue, isLarge }) => isLarge && pValue <= alpha);
  const { recentLoss, rows, relativeRise, pValue, isLarge } = found ?? last;
  const verdict = found !== undefined ? 'far-below' : isLarge ? 'unclear' : 'near';
  const rise =
    relativeRise === null
      ? ''
      : `, ${sayShare(Math.abs(relativeRise))} ${relativeRise >= 0 ? 'higher' : 'lower'} than that`;
  const text =
    `${best}. Loss is ${sayNumber(recentLoss)} on the last ${sayMany(rows.recent, 'labelled row')}${rise} ` +
    `(p ${sayNumber(pValue)} for ${sayMany(decayHorizonWindows, 'window')}; alarm at p ${sayNumber(alpha)} and ` +
    `${sayShare(decay.relativeRiseMin)}): ${bestWords[verdict]}.`;
  return { verdict, ...told, recentLoss, recentRows: rows.recent, relativeRise, pValue, text };
}
