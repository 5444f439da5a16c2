import { studentTSf } from '../../statistics/distributions/beta.ts';
import { shareLower, shareUpper } from '../../statistics/distributions/clopper-pearson.ts';
import { studentTQuantile } from '../../statistics/distributions/student-quantile.ts';
import { momentsOf } from '../../statistics/samples/paired.ts';
import { findMetric } from '../metrics/metrics.ts';
import { sayMany, sayNumber } from '../words/say.ts';

export const trusts = ['trusted', 'not-yet', 'not-trusted'] as const;
export type Trust = (typeof trusts)[number];

export const trustWords: Readonly<Record<Trust, string>> = {
  trusted: 'trusted',
  'not-yet': 'not trusted yet',
  'not-trusted': 'not trusted',
};

/** A window whose quality was estimated when it closed, and has been measured on its labels since. */
export interface MaturedEstimate {
  readonly window: number;
  readonly estimated: number;
  readonly realised: number;
  /** The interval that was stated before its labels came; null where none was. */
  readonly said: EstimateInterval | null;
}

export interface EstimateInterval {
  readonly lower: number;
  readonly upper: number;
}

/** Errors (realised minus estimated) of the first mature windows of a champion: what its intervals rest on. */
export interface EstimateBasis {
  readonly windows: number;
  /** Those that came after this one are held against it. */
  readonly throughWindow: number;
  readonly mean: number;
  /** From window to window. */
  readonly deviation: number;
  /** Mean of what labels showed in these windows. */
  readonly realised: number;
  /** Mean of what was estimated in them, and its deviation from window to window. */
  readonly estimated: number;
  readonly estimatedDeviation: number;
}

export interface EstimateJudgement {
  /** What the probabilities alone lead one to expect. */
  readonly estimated: number;
  /** Where labels will put it: with probability 0.95 if errors are as in the basis. Null without a basis. */
  readonly interval: EstimateInterval | null;
  readonly trust: Trust;
  readonly basis: EstimateBasis | null;
  /** Stated intervals that labels have been held against, and how many of them were right. */
  readonly compared: number;
  readonly within: number;
  /** That later errors differ so much from the basis by chance, in any of 50 windows; null where none are compared. */
  readonly pValue: number | null;
  readonly text: string;
}

export const basisWindowsMin = 10;
export const basisWindowsMax = 20;
export const comparedWindowsMin = 10;
export const comparedWindowsMax = 30;
/** Windows in a row for which an error of a verdict holds. */
export const estimateHorizonWindows = 50;

/** A stated interval misses so often. */
const missed = 0.05;
/** The error, in any of 50 windows, of taking trust away. */
const distrust = 0.05;
/** Trust says that intervals are right at least this often, and the error of saying so. */
const rightShareMin = 0.7;
const unproven = 0.05;
/** Latest windows whose mean error is held against the basis: few find a break soon, many a small one. */
const spans = [5, 20] as const;

/**
 * What intervals rest on; null for fewer than ten windows, and where all errors are alike, which says nothing of the
 * next. Takes the first twenty.
 */
export function basisOf(matured: readonly MaturedEstimate[]): EstimateBasis | null {
  const first = matured.slice(0, basisWindowsMax);
  const windows = first.length;
  if (windows < basisWindowsMin) return null;
  const { mean, variance } = momentsOf(Float64Array.from(first, errorIn));
  if (!(variance > 0)) return null;
  const realised = momentsOf(Float64Array.from(first, (one) => one.realised)).mean;
  const estimated = momentsOf(Float64Array.from(first, (one) => one.estimated));
  return {
    windows,
    throughWindow: first.at(-1)?.window ?? 0,
    mean,
    deviation: Math.sqrt(variance),
    realised,
    estimated: estimated.mean,
    estimatedDeviation: Math.sqrt(estimated.variance),
  };
}

/**
 * How far an estimate may be believed, from what earlier ones of the same champion were worth. The interval is that of
 * Student for one value more, around the estimate moved by the mean error of the basis: it holds the error of
 * calibration and that of sampling as they were. The basis is fixed when it has twenty windows, so that a world which
 * changes cannot teach the intervals to follow.
 *
 * Not trusted: the mean error of the last 5 or 20 windows is not that of the basis (Student's t), or more stated
 * intervals were missed than 5 % allow (Clopper and Pearson); both together with an error of 0.05 in 50 windows, shared
 * out by Bonferroni. Trusted: of at least ten stated intervals so many held what labels showed that 70 % do for certain
 * (lower bound, 0.05). Not yet: neither. Assumes errors that are nearly normal and independent from window to window.
 *
 * `latest`: mature windows of the champion, oldest first, of which the last 30 are looked at.
 */
export function judgeEstimate(
  metric: string,
  estimated: number,
  basis: EstimateBasis | null,
  latest: readonly MaturedEstimate[],
): EstimateJudgement {
  const interval = basis === null ? null : expectedIn(estimated, basis, missed / 2);
  const stated = latest
    .slice(-comparedWindowsMax)
    .flatMap(({ said, realised }) => (said === null ? [] : [{ said, realised }]));
  const compared = stated.length;
  const within = stated.filter(({ said, realised }) => realised >= said.lower && realised <= said.upper).length;
  const pValue = basis === null ? null : shiftFrom(basis, latest);
  const trust = trustOf({ compared, within, pValue });
  const text = sayEstimate(metric, { estimated, interval, trust, compared, within, pValue });
  return { estimated, interval, trust, basis, compared, within, pValue, text };
}

/** Where labels will put what is estimated: beyond either end with probability `tail`. */
function expectedIn(estimated: number, basis: EstimateBasis, tail: number): EstimateInterval {
  const { mean, deviation, windows } = basis;
  const reach = studentTQuantile(tail, windows - 1) * deviation * Math.sqrt(1 + 1 / windows);
  return { lower: estimated + mean - reach, upper: estimated + mean + reach };
}

/** Null while too few windows came after the basis. */
function shiftFrom(basis: EstimateBasis, latest: readonly MaturedEstimate[]): number | null {
  const later = latest.filter(({ window }) => window > basis.throughWindow);
  const pValues = spans
    .filter((span) => later.length >= span)
    .map((span) => {
      const now = momentsOf(Float64Array.from(later.slice(-span), errorIn)).mean;
      const t = Math.abs(now - basis.mean) / (basis.deviation * Math.sqrt(1 / span + 1 / basis.windows));
      return 2 * studentTSf(t, basis.windows - 1);
    });
  if (pValues.length === 0) return null;
  return Math.min(1, spans.length * estimateHorizonWindows * Math.min(...pValues));
}

function trustOf({ compared, within, pValue }: Pick<EstimateJudgement, 'compared' | 'within' | 'pValue'>): Trust {
  if (isShifted(pValue)) return 'not-trusted';
  if (shareUpper(within, compared, distrust / 2 / estimateHorizonWindows) < 1 - missed) return 'not-trusted';
  if (compared < comparedWindowsMin) return 'not-yet';
  return shareLower(within, compared, unproven) >= rightShareMin ? 'trusted' : 'not-yet';
}

function isShifted(pValue: number | null): boolean {
  return pValue !== null && pValue <= distrust / 2;
}

function sayEstimate(metric: string, judged: Omit<EstimateJudgement, 'text' | 'basis'>): string {
  const { estimated, interval, trust, compared, within, pValue } = judged;
  const title = `${findMetric(metric)?.title ?? metric} is estimated at ${sayNumber(estimated)}`;
  if (interval === null)
    return `${title}, without an interval: ${sayMany(basisWindowsMin, 'window')} of this champion need mature labels.`;
  const shift = isShifted(pValue) ? ', and estimates are off by another amount than they were' : '';
  return (
    `${title}; labels are expected to say ${sayNumber(interval.lower)} to ${sayNumber(interval.upper)}. ` +
    `Of ${sayMany(compared, 'interval')} whose labels have come since, ${within} held what they said${shift}: ` +
    `${trustWords[trust]}.`
  );
}

function errorIn({ estimated, realised }: MaturedEstimate): number {
  return realised - estimated;
}
