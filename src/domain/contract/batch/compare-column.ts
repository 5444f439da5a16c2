import { chanceMin, chanceOfMeans, chanceOfSpreads } from './chance-moves.ts';
import { kolmogorovNoise, leastKolmogorovDistance } from './histogram-distance.ts';
import type { HistoryRuleOf } from '../../spec/spec.ts';
import type { ColumnSummary } from '../../training/snapshot.ts';
import { sayNumber, sayShare } from '../../words/say.ts';
import type { Found } from './batch-check.ts';

export type ColumnRule = HistoryRuleOf<'meanShift' | 'spreadShift' | 'missingChange' | 'shareChange' | 'distance'>;

/** A rule about how a column looks now and looked before, by its two profiles. */
export function compareColumn(rule: ColumnRule, now: ColumnSummary, before: ColumnSummary): Found {
  switch (rule.rule) {
    case 'meanShift':
      return meanShift(rule, now, before);
    case 'spreadShift':
      return spreadShift(rule, now, before);
    case 'missingChange':
      return missingChange(rule, now, before);
    case 'shareChange':
      return shareChange(rule, now, before);
    case 'distance':
      return distance(rule, now, before);
  }
}

function found(isKept: boolean, about: string): Found {
  return { verdict: isKept ? 'kept' : 'broken', about };
}

/** What is beyond a limit breaks a rule unless samples of these sizes show it by chance. */
function foundBeside(isWithin: boolean, chance: number, about: string): Found {
  if (isWithin || chance < chanceMin) return found(isWithin, about);
  return found(true, `${about}; samples of these sizes show that by chance in ${sayShare(chance)} of cases`);
}

/** This batch has to have the figure; of an earlier one it may not have been kept. */
function lacks(now: unknown, before: unknown, what: string): Found | null {
  if (now === undefined) return { verdict: 'failed', about: `this batch has no ${what}` };
  return before === undefined ? { verdict: 'not-yet', about: `of that batch no ${what} was kept` } : null;
}

function meanShift({ column, deviationsMax }: HistoryRuleOf<'meanShift'>, now: ColumnSummary, before: ColumnSummary) {
  const what = `mean of ${column}`;
  const { mean, deviation } = before;
  const lacking = lacks(now.mean, mean, what) ?? lacks(0, deviation, `spread of ${column}`);
  if (lacking !== null || now.mean === undefined || mean === undefined || deviation === undefined)
    return lacking ?? unknown(column);
  const shift = now.mean - mean;
  // Of a column that was constant any change is a shift without measure.
  const shifted = deviation === 0 ? (shift === 0 ? 0 : Infinity) : Math.abs(shift) / deviation;
  return foundBeside(
    shifted <= deviationsMax,
    deviation === 0 ? 0 : chanceOfMeans(now, before, shift),
    `the ${what} is ${sayNumber(now.mean)} and was ${sayNumber(mean)}: ${sayNumber(shifted)} standard deviations, ` +
      `of ${sayNumber(deviationsMax)} that are allowed`,
  );
}

function spreadShift({ column, factorMax }: HistoryRuleOf<'spreadShift'>, now: ColumnSummary, before: ColumnSummary) {
  const what = `spread of ${column}`;
  const lacking = lacks(now.deviation, before.deviation, what);
  if (lacking !== null || now.deviation === undefined || before.deviation === undefined)
    return lacking ?? unknown(column);
  const [one, other] = [now.deviation, before.deviation];
  const factor = one === other ? 1 : Math.max(one / other, other / one);
  return foundBeside(
    factor <= factorMax,
    chanceOfSpreads(now, before),
    `the standard deviation of ${column} is ${sayNumber(one)} and was ${sayNumber(other)}: a factor of ` +
      `${sayNumber(factor)}, of ${sayNumber(factorMax)} that is allowed`,
  );
}

function missingChange(
  { column, changeMax }: HistoryRuleOf<'missingChange'>,
  now: ColumnSummary,
  before: ColumnSummary,
): Found {
  if (now.rows === 0 || before.rows === 0)
    return lacks(now.rows === 0 ? undefined : 1, undefined, 'row') ?? unknown(column);
  const [one, other] = [now.missing / now.rows, before.missing / before.rows];
  return found(
    Math.abs(one - other) <= changeMax,
    `${column} is missing in ${sayShare(one)} of the rows and was in ${sayShare(other)}; ` +
      `a change of ${sayShare(changeMax)} is allowed`,
  );
}

function shareChange({ column, changeMax }: HistoryRuleOf<'shareChange'>, now: ColumnSummary, before: ColumnSummary) {
  const [one, other] = [sharesOf(now), sharesOf(before)];
  const lacking = lacks(one ?? undefined, other ?? undefined, `value of ${column}`);
  if (lacking !== null || one === null || other === null) return lacking ?? unknown(column);
  let [largest, about] = [0, 'no value is there more or less often'];
  for (const value of new Set([...one.shares.keys(), ...other.shares.keys()])) {
    const [here, there] = [shareIn(one, value), shareIn(other, value)];
    const change = Math.max(here.least - there.most, there.least - here.most);
    if (change <= largest) continue;
    largest = change;
    about = `${value} is ${said(here)} of the values of ${column} and was ${said(there)}`;
  }
  return found(largest <= changeMax, `${about}; a change of ${sayShare(changeMax)} is allowed`);
}

/** Shares of values among those that are there, as far as a profile lists them. */
interface Shares {
  readonly shares: ReadonlyMap<string, number>;
  /** What a value that is not listed may have at most: 0 where all are. */
  readonly unlistedMax: number;
}

function sharesOf({ top, rows, missing }: ColumnSummary): Shares | null {
  const present = rows - missing;
  if (top === undefined || present === 0) return null;
  const listed = top.reduce((sum, one) => sum + one.rows, 0);
  const least = top.at(-1)?.rows ?? 0;
  return {
    shares: new Map(top.map((one) => [one.value, one.rows / present])),
    unlistedMax: Math.min(least, present - listed) / present,
  };
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function shareIn({ shares, unlistedMax }: Shares, value: string): Bounds {
  const share = shares.get(value);
  return share === undefined ? { least: 0, most: unlistedMax } : { least: share, most: share };
}

function said({ least, most }: Bounds): string {
  return least === most ? sayShare(most) : `at most ${sayShare(most)}`;
}

/** Numbers by the Kolmogorov–Smirnov distance, texts by total variation, truth by its share: 0..1 each, at least. */
function distance({ column, distanceMax }: HistoryRuleOf<'distance'>, now: ColumnSummary, before: ColumnSummary) {
  const [present, earlier] = [now.rows - now.missing, before.rows - before.missing];
  const lacking = lacks(present > 0 ? 1 : undefined, earlier > 0 ? 1 : undefined, `value of ${column}`);
  if (lacking !== null) return lacking;
  const least = leastDistance(now, before);
  if (least === null)
    return { verdict: 'not-yet', about: `of that batch no distribution of ${column} was kept` } as const;
  // Of few rows two samples are far apart by chance: that is no change.
  const noise = kolmogorovNoise(sampled(now, present), sampled(before, earlier));
  const isKept = least <= distanceMax || least <= noise;
  return found(
    isKept,
    `the distribution of ${column} is at least ${sayNumber(least)} from that batch, where ${sayNumber(distanceMax)} ` +
      `is allowed and samples of these sizes differ by ${sayNumber(noise)} by chance`,
  );
}

function leastDistance(now: ColumnSummary, before: ColumnSummary): number | null {
  const [one, other] = [sharesOf(now), sharesOf(before)];
  if (one !== null && other !== null) return variation(one, other);
  const [steps, earlier] = [stepsOf(now), stepsOf(before)];
  return steps === null || earlier === null ? null : leastKolmogorovDistance(steps, earlier);
}

/** Half of the sum of all changes, of which those of values that both list are known. */
function variation(one: Shares, other: Shares): number {
  let [up, down] = [0, 0];
  for (const value of new Set([...one.shares.keys(), ...other.shares.keys()])) {
    const [here, there] = [shareIn(one, value), shareIn(other, value)];
    up += Math.max(0, here.least - there.most);
    down += Math.max(0, there.least - here.most);
  }
  return Math.max(up, down);
}

/** A column of one value has no histogram: it is one narrow step, with nothing below and above. */
function stepsOf({ histogram, min, max, mean, rows, missing }: ColumnSummary) {
  if (histogram !== undefined) return histogram;
  if (min === undefined || max === undefined || mean === undefined) return null;
  const present = rows - missing;
  if (min === max) {
    const width = Math.max(Math.abs(min), 1) * 1e-9;
    return { from: min - 1.5 * width, to: min + 1.5 * width, rows: [0, present, 0] };
  }
  // A truth value is 0 or 1, and its mean the share of 1.
  return min === 0 && max === 1 ? { from: 0, to: 2, rows: [present * (1 - mean), present * mean] } : null;
}

/** Rows that a distribution was made of: a histogram is of every so many. */
function sampled({ histogram }: ColumnSummary, present: number): number {
  return histogram === undefined
    ? present
    : Math.max(
        1,
        histogram.rows.reduce((sum, rows) => sum + rows, 0),
      );
}

function unknown(column: string): Found {
  return { verdict: 'failed', about: `${column} cannot be compared` };
}
