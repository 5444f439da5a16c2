import { holmRejected } from '../../../statistics/samples/multiplicity.ts';
import type { WatchSpec } from '../../spec/spec.ts';
import { sayMany, sayNumber, sayShare } from '../../words/say.ts';
import { decayHorizonWindows, decayRowsMin, heldAgainst, type HeldSpan, type RecentLosses } from '../judge-decay.ts';
import type { LossReference } from '../loss-reference.ts';
import type { CountedSlice } from './counted-slice.ts';

export const sliceVerdicts = ['steady', 'decayed', 'insufficient'] as const;
export type SliceVerdict = (typeof sliceVerdicts)[number];

/** Loss of the champion in one slice, beside what it was there when it was promoted. */
export interface SliceDecay {
  readonly verdict: SliceVerdict;
  /** Null, as what follows, while there are too few rows. */
  readonly recentLoss: number | null;
  readonly referenceLoss: number | null;
  readonly relativeRise: number | null;
  /** For all spans of 50 windows; alpha is shared among the slices (Holm). */
  readonly pValue: number | null;
  readonly recentRows: number;
  readonly reference: LossReference | null;
}

export interface SliceJudgement extends CountedSlice {
  /** Null where `watch.decay.slices` is not declared. */
  readonly decay: SliceDecay | null;
}

export interface SlicesJudgement {
  readonly verdict: SliceVerdict;
  readonly slices: readonly SliceJudgement[];
  /** Slices that are declared beyond the 20 that are counted. */
  readonly unwatched: number;
  readonly text: string;
}

export interface SliceLosses {
  readonly recent: RecentLosses;
  readonly reference: LossReference | null;
}

/** As if no plan asked for more rows: slices are small. */
function planOf(decay: WatchSpec['decay']): WatchSpec['decay'] {
  return { ...decay, labelledRowsMin: decayRowsMin };
}

/**
 * Has the loss risen in a slice? Each as the whole is judged, from 150 rows on, and together with one error: Holm over
 * all slices, so that a champion that is as good as it was in each of them alarms in any of 50 windows, over any slice,
 * with a probability of about `alpha`. A slice that is not judged counts as one of them.
 */
export function decayInSlices(
  slices: readonly SliceLosses[],
  decay: WatchSpec['decay'],
  alpha: number,
): readonly SliceDecay[] {
  const held = slices.map(({ recent, reference }) =>
    reference === null ? [] : heldAgainst(recent, reference, planOf(decay)),
  );
  const found = (index: number, level: number): HeldSpan | undefined =>
    held[index]?.find(({ pValue, isLarge }) => isLarge && pValue <= level);
  const rejected = new Map(
    holmRejected(slices.length, alpha, (index, level) => found(index, level) !== undefined).map((one) => [
      one.index,
      found(one.index, one.alpha),
    ]),
  );
  return slices.map(({ recent, reference }, index) => {
    const spans = held[index] ?? [];
    const clearest = spans.toSorted((a, b) => a.pValue - b.pValue)[0];
    const shown = rejected.get(index) ?? clearest;
    if (shown === undefined)
      return { verdict: 'insufficient', ...nothing, recentRows: recent.losses.length, reference };
    const { recentLoss, referenceLoss, relativeRise, pValue, rows } = shown;
    const verdict = rejected.has(index) ? 'decayed' : 'steady';
    return { verdict, recentLoss, referenceLoss, relativeRise, pValue, recentRows: rows.recent, reference };
  });
}

const nothing = { recentLoss: null, referenceLoss: null, relativeRise: null, pValue: null };

/** What a window says of its slices; `alpha` is the slices' part of the plan's, null where none may alarm. */
export function judgeSlices(
  counted: readonly CountedSlice[],
  decays: readonly SliceDecay[] | null,
  { unwatched, alpha }: { readonly unwatched: number; readonly alpha: number | null },
): SlicesJudgement {
  const slices = counted.map((slice, index) => ({ ...slice, decay: decays?.[index] ?? null }));
  const verdicts = slices.map(({ decay }) => decay?.verdict ?? 'insufficient');
  const verdict = verdicts.includes('decayed') ? 'decayed' : verdicts.includes('steady') ? 'steady' : 'insufficient';
  return { verdict, slices, unwatched, text: `${say(slices, alpha)}${sayUnwatched(unwatched)}` };
}

function say(slices: readonly SliceJudgement[], alpha: number | null): string {
  const of = sayMany(slices.length, 'slice');
  if (alpha === null) return `${of} counted; none is judged, as \`watch.decay.slices\` is not declared.`;
  const decayed = slices.flatMap(({ name, decay }) => (decay?.verdict === 'decayed' ? [{ name, ...decay }] : []));
  const judged = slices.filter(({ decay }) => decay !== null && decay.verdict !== 'insufficient').length;
  const error = `error ${sayNumber(alpha)} over all slices and ${sayMany(decayHorizonWindows, 'window')}`;
  if (judged === 0)
    return `${of} not judged: ${decayRowsMin} labelled rows in each, recent and when promoted, are needed.`;
  if (decayed.length === 0) return `Quality is steady in ${judged} of ${of} that have rows enough (${error}).`;
  const told = decayed.slice(0, toldMax).map(sayOne);
  const more = decayed.length > toldMax ? ` and ${decayed.length - toldMax} more` : '';
  return `Quality has decayed in ${decayed.length} of ${of}: ${told.join('; ')}${more} (${error}).`;
}

const toldMax = 3;

function sayOne({ name, recentLoss, referenceLoss, relativeRise, recentRows }: SliceDecay & { name: string }): string {
  const rise = relativeRise === null ? 'from nothing' : `${sayShare(Math.abs(relativeRise))} higher`;
  return (
    `${name}, loss ${sayNumber(recentLoss ?? 0)} on its last ${sayMany(recentRows, 'labelled row')}, ` +
    `${sayNumber(referenceLoss ?? 0)} when promoted, ${rise}`
  );
}

function sayUnwatched(unwatched: number): string {
  return unwatched === 0 ? '' : ` ${sayMany(unwatched, 'further slice')} are declared and not counted.`;
}
