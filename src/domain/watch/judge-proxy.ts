import { studentTQuantile } from '../../statistics/distributions/student-quantile.ts';
import { longRunDeviation } from '../../statistics/samples/long-run-deviation.ts';
import { momentsOf } from '../../statistics/samples/paired.ts';
import type { ProxySpec } from '../spec/parts/proxy-spec.ts';
import { sayMany, sayNumber, sayShare } from '../words/say.ts';

export const agreements = ['agrees', 'not-yet', 'does-not-agree'] as const;
export type Agreement = (typeof agreements)[number];

export const agreementWords: Readonly<Record<Agreement, string>> = {
  agrees: 'agrees with labels',
  'not-yet': 'has not agreed with labels yet',
  'does-not-agree': 'does not agree with labels',
};

export const proxyVerdicts = ['steady', 'worse', 'insufficient'] as const;

/** How a proxy goes with what labels showed of the same rows. */
export interface ProxyAgreement {
  readonly verdict: Agreement;
  /** Mature rows with both. */
  readonly rows: number;
  /** Of the proxy, turned so that more is worse, with the loss; null where one of them never differs. */
  readonly correlation: number | null;
  /** The truth lies below the first, or above the second, with probability 0.025 each in any of 50 windows. */
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface ProxyJudgement {
  readonly name: string;
  readonly meaning: string;
  readonly verdict: (typeof proxyVerdicts)[number];
  /** Rows of the window with a value, and their share of its rows. */
  readonly rows: number;
  readonly coverage: number;
  /** With a 95 % interval; null for fewer than 30 rows. */
  readonly mean: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Mean over the first windows of the champion, and how far a window may lie from it; null with fewer than ten. */
  readonly reference: { readonly windows: number; readonly mean: number; readonly limit: number } | null;
  readonly agreement: ProxyAgreement;
  readonly text: string;
}

export interface ProxyWindow {
  /** In time order. */
  readonly values: readonly number[];
  readonly windowRows: number;
  /** Means of the first windows of this champion, as they were known when those closed. */
  readonly earlierMeans: readonly number[];
  readonly agreement: ProxyAgreement;
  /** How many proxies the definition declares: they share one error. */
  readonly proxies: number;
}

export interface ProxiedLoss {
  readonly value: number;
  readonly loss: number;
}

export const proxyRowsMin = 30;
export const basisWindowsMin = 10;
export const basisWindowsMax = 20;
export const agreementRowsMin = 200;
/** Of which correlation with the loss a proxy must be proven to be, to say anything of it. */
export const agreementMin = 0.1;
const horizonWindows = 50;
/** In any of 50 windows: that a proxy which does not go with the loss is said to. */
const agreementAlpha = 0.05;
/** Half of what is promised: means of rare values are skewed. */
const alarmAlpha = 0.005;
const tail = 0.025;

/**
 * Whether rows with a worse proxy are rows with a larger loss: the correlation of the two, with bounds from the spread
 * of its influence function (one row more is counted as seen, at the furthest that was) by entity, or by the memory
 * that the rows show. Agrees when the lower bound lies above 0.1: said of a proxy that truly has less in at most 5 % of
 * streams of 50 windows (Bonferroni). Rows in time order.
 */
export function judgeAgreement(
  rows: readonly ProxiedLoss[],
  better: ProxySpec['better'],
  groups: Uint32Array | null,
): ProxyAgreement {
  const none = { rows: rows.length, verdict: 'not-yet', correlation: null, lower: null, upper: null } as const;
  if (rows.length < agreementRowsMin) return none;
  const sign = better === 'lower' ? 1 : -1;
  const worse = standardised(Float64Array.from(rows, ({ value }) => sign * value));
  const loss = standardised(Float64Array.from(rows, (row) => row.loss));
  if (worse === null || loss === null) return none;
  const products = worse.map((value, row) => value * (loss[row] ?? 0));
  const correlation = products.reduce((sum, value) => sum + value, 0) / rows.length;
  const influence = products.map(
    (product, row) => product - (correlation / 2) * ((worse[row] ?? 0) ** 2 + (loss[row] ?? 0) ** 2),
  );
  const span = influence.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const { deviation, units, blockRows } = longRunDeviation(influence, { groups, span });
  const free = Math.floor(units / blockRows) - 1;
  if (free < 1) return { ...none, correlation };
  const reach = (studentTQuantile(agreementAlpha / 2 / horizonWindows, free) * deviation) / Math.sqrt(units);
  const [lower, upper] = [Math.max(-1, correlation - reach), Math.min(1, correlation + reach)];
  const verdict = lower > agreementMin ? 'agrees' : upper < agreementMin ? 'does-not-agree' : 'not-yet';
  return { rows: rows.length, verdict, correlation, lower, upper };
}

/**
 * Whether a proxy is worse in a window than in the first twenty of this champion: beyond Student's prediction interval
 * of their means, with an error of at most 0.01 in 50 windows for all proxies together (Bonferroni). It may ring,
 * louder where the proxy has agreed with labels, and decides nothing. Assumes that values come as soon after their
 * rows as they did, and means that are nearly normal and independent from window to window.
 */
export function judgeProxy(spec: ProxySpec, window: ProxyWindow): ProxyJudgement {
  const { values, windowRows, agreement } = window;
  const rows = values.length;
  const coverage = windowRows === 0 ? 0 : Math.min(1, rows / windowRows);
  const { name, meaning } = spec;
  const known = { name, meaning, rows, coverage, agreement };
  const seen = `${sayMany(rows, 'value')} for ${sayMany(windowRows, 'row')} (${sayShare(coverage)})`;
  const nothing = { mean: null, lower: null, upper: null, reference: null } as const;
  if (rows < proxyRowsMin) {
    const text = `${name}: ${seen}, ${proxyRowsMin} are needed. It ${agreementWords[agreement.verdict]}.`;
    return { ...known, ...nothing, verdict: 'insufficient', text };
  }
  const { mean, lower, upper } = intervalOf(values);
  const reference = referenceOf(spec, window);
  const isWorse = reference !== null && (spec.better === 'lower' ? mean > reference.limit : mean < reference.limit);
  const verdict = reference === null ? 'insufficient' : isWorse ? 'worse' : 'steady';
  const beside =
    reference === null
      ? `${basisWindowsMin} windows of this champion are needed to compare it`
      : `it was ${sayNumber(reference.mean)} in its first ${sayMany(reference.windows, 'window')}, ` +
        `and ${sayNumber(reference.limit)} is the worst by chance: ${verdict}`;
  const text =
    `${name} (${meaning}): mean ${sayNumber(mean)}, 95 % interval ${sayNumber(lower)} to ${sayNumber(upper)}, of ` +
    `${seen}; ${beside}. ${sayAgreement(agreement)}`;
  return { ...known, verdict, mean, lower, upper, reference, text };
}

function sayAgreement({ verdict, rows, correlation, lower, upper }: ProxyAgreement): string {
  const on = `on ${sayMany(rows, 'mature row')} with a label`;
  if (correlation === null || lower === null || upper === null)
    return `It ${agreementWords[verdict]}: ${on}, ${agreementRowsMin} that differ are needed.`;
  return (
    `It ${agreementWords[verdict]}: its correlation with the loss is ${sayNumber(correlation)}, ` +
    `${sayNumber(lower)} to ${sayNumber(upper)}, ${on}; ${agreementMin} is asked for.`
  );
}

function intervalOf(values: readonly number[]): {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
} {
  const all = Float64Array.from(values);
  const { mean } = momentsOf(all);
  const { deviation, units, blockRows } = longRunDeviation(all, { groups: null, span: 0 });
  const free = Math.max(1, Math.floor(units / blockRows) - 1);
  const reach = (studentTQuantile(tail, free) * deviation) / Math.sqrt(units);
  return { mean, lower: mean - reach, upper: mean + reach };
}

function referenceOf({ better }: ProxySpec, { earlierMeans, proxies }: ProxyWindow): ProxyJudgement['reference'] {
  const first = earlierMeans.slice(0, basisWindowsMax);
  const windows = first.length;
  if (windows < basisWindowsMin) return null;
  const { mean, variance } = momentsOf(Float64Array.from(first));
  const t = studentTQuantile(alarmAlpha / horizonWindows / Math.max(1, proxies), windows - 1);
  const reach = t * Math.sqrt(variance * (1 + 1 / windows));
  return { windows, mean, limit: better === 'lower' ? mean + reach : mean - reach };
}

/** Null where values do not differ. */
function standardised(values: Float64Array): Float64Array | null {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  const deviation = Math.sqrt(square);
  return deviation > 0 && Number.isFinite(deviation) ? values.map((value) => (value - mean) / deviation) : null;
}
