import { isRows, type Extent } from '../words/extent.ts';
import type { ModelSpec, TargetSpec } from '../spec/spec.ts';
import { classesOf, taskOf } from '../tasks/task-of.ts';
import { sayCount, sayMany, sayShare } from '../words/say.ts';
import type { NeverArriving } from './never-arriving.ts';

/** A label that came. */
export interface ArrivedLabel {
  readonly label: string;
  /** Rows of traffic between its row and its arrival. */
  readonly delayRows: number;
  /** Position of the traffic at its arrival, and the time of it. */
  readonly knownSeq: number;
  readonly receivedAtMs: number;
}

/** A row of traffic, labelled or not. */
export interface AwaitedRow {
  readonly seq: number;
  readonly label: string | null;
}

/** Through which row verdicts about quality may look. */
export interface Maturity {
  /** Position of the last mature row; 0 while there is none. */
  readonly throughSeq: number;
  /** Rows within which the declared share of the slowest kind of label comes; null where that is not known. */
  readonly delayRows: number | null;
  /** The declared share; absent in what earlier releases stored, where it was 0.95. */
  readonly coverage?: number;
  readonly basis: 'arrival' | 'complete' | 'none';
  /** Rows that never get a label; null where it is not known yet, absent in what earlier releases stored. */
  readonly never?: NeverArriving | null;
  readonly text: string;
}

/** What a definition says about its labels. */
export interface LabelPlan {
  readonly target: TargetSpec;
  /** Of the labels that come at all, the share that must have come, of each kind, before a row is looked at. */
  readonly coverage: number;
}

export interface MaturityInput extends LabelPlan {
  /** The labels that came last, at most `arrivalsMax`, in any order. */
  readonly arrived: readonly ArrivedLabel[];
  /** Position of the newest row. */
  readonly lastSeq: number;
}

/** The coverage of a definition that does not declare one. */
export const usualCoverage = 0.95;
/** Labels that are looked at. A class that is none of so many is too rare to move a mean. */
export const arrivalsMax = 5_000;
/** A delay is believed when the model has lived this many times as long: later labels would have been seen by then. */
const livesPerDelay = 3;
/** A class without a label is rare, not late, when it would be this many times as late as any other, or as declared. */
const latestTimes = 20;
/** Values have no kinds: a quarter of them is one, since large ones may be known later than small ones. */
const quarters = [0.25, 0.5, 0.75] as const;

export function labelPlanOf({ target, watch }: Pick<ModelSpec, 'target' | 'watch'>): LabelPlan {
  return { target, coverage: watch.labelCoverage ?? usualCoverage };
}

/**
 * The last row whose labels have come, as far as they ever do, whatever the label says: the newest position less the
 * delay within which the declared share of the labels of the slowest class (or quarter of the values) has come. Delays
 * are those of the labels that came last: in a stream whose delays do not change they are distributed as those of any
 * row. A young model has not seen its latest labels: `basis` is `none`, and `matureByRows` may still say more. What
 * never gets a label is not known here: where that depends on the label, no cut helps.
 */
export function matureThrough({ target, coverage, arrived, lastSeq }: MaturityInput): Maturity {
  const kinds = kindsOf(target, arrived);
  const delayRows = slowestOf(kinds, coverage);
  const problem = problemOf(target, arrived, kinds, { lastSeq, delayRows });
  if (problem !== null)
    return { throughSeq: 0, delayRows: null, coverage, basis: 'none', text: `No row is mature yet: ${problem}.` };
  const text =
    `Rows through ${sayCount(lastSeq - delayRows)} are mature: ${sayShare(coverage)} of the labels of every ` +
    `${nounOf(target)} come within ${sayMany(delayRows, 'row')}.`;
  return { throughSeq: Math.max(0, lastSeq - delayRows), delayRows, coverage, basis: 'arrival', text };
}

/**
 * The same for a young model, of which the labels that came do not say it: by its newest rows (oldest first), one by
 * one. Null where too many of them wait for a label.
 */
export function matureByRows({ target, coverage }: LabelPlan, newest: readonly AwaitedRow[]): Maturity | null {
  const throughSeq = completeThrough(target, coverage, newest);
  if (throughSeq === 0) return null;
  const text = `Rows through ${sayCount(throughSeq)} are mature: next to none of them waits for a label.`;
  return { throughSeq, delayRows: null, coverage, basis: 'complete', text };
}

/** Delays by class, or by quarter of the values; labels that are none are left out. */
export function kindsOf(target: TargetSpec, arrived: readonly ArrivedLabel[]): ReadonlyMap<number, readonly number[]> {
  const kindOf = kinderOf(target, arrived);
  const kinds = new Map<number, number[]>();
  for (const { label, delayRows } of arrived) {
    const kind = kindOf(label);
    if (kind === null) continue;
    const delays = kinds.get(kind);
    if (delays === undefined) kinds.set(kind, [delayRows]);
    else delays.push(delayRows);
  }
  return kinds;
}

function kinderOf(
  target: TargetSpec,
  labelled: readonly { readonly label: string | null }[],
): (label: string) => number | null {
  const { labels, hasClasses } = taskOf(target.task);
  const classes = classesOf(target);
  const numberOf = (label: string | null) => labels.numberOf(label, classes);
  if (hasClasses) return numberOf;
  const sorted = Float64Array.from(labelled.flatMap(({ label }) => numberOf(label) ?? [])).sort();
  const limits = quarters.map((share) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
  return (label) => {
    const value = numberOf(label);
    return value === null ? null : limits.filter((limit) => value > limit).length;
  };
}

/** Why the labels that came do not say how late labels come; null when they do. */
function problemOf(
  target: TargetSpec,
  arrived: readonly ArrivedLabel[],
  kinds: ReadonlyMap<number, readonly number[]>,
  { lastSeq, delayRows: seenRows }: { readonly lastSeq: number; readonly delayRows: number },
): string | null {
  if (kinds.size === 0) return 'no label has come';
  const delayRows = Math.max(seenRows, declaredRowsOf(target.labelDelay, arrived));
  const unseen = classesOf(target).find((_, number) => !kinds.has(number));
  if (unseen !== undefined && arrived.length < arrivalsMax && lastSeq < latestTimes * delayRows)
    return `no label "${unseen}" has come`;
  const wantedSeq = livesPerDelay * delayRows;
  return lastSeq >= wantedSeq
    ? null
    : `labels come up to ${sayMany(delayRows, 'row')} late, which is believed from row ${sayCount(wantedSeq)} on`;
}

/** Rows within which the declared share of the slowest kind has come; of a few labels the latest. */
function slowestOf(kinds: ReadonlyMap<number, readonly number[]>, coverage: number): number {
  const delays = [...kinds.values()].map((of) => {
    const sorted = of.toSorted((a, b) => a - b);
    return sorted[Math.ceil(coverage * sorted.length) - 1] ?? 0;
  });
  return Math.max(0, ...delays);
}

/** A declared delay in time is as many rows as the traffic had in it while the labels came. */
function declaredRowsOf(declared: Extent, arrived: readonly ArrivedLabel[]): number {
  if (isRows(declared)) return declared.rows;
  const seqs = spanOf(arrived.map(({ knownSeq }) => knownSeq));
  const ms = spanOf(arrived.map(({ receivedAtMs }) => receivedAtMs));
  return ms === 0 ? 0 : Math.ceil((declared.ms * seqs) / ms);
}

function spanOf(values: readonly number[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high > low ? high - low : 0;
}

/**
 * The last of these rows through which so few wait for a label that, were they all of the rarest kind, the declared
 * share of that kind would have come all the same; where a class has no label, none may wait. 0 for no row.
 */
function completeThrough(target: TargetSpec, coverage: number, rows: readonly AwaitedRow[]): number {
  const kindOf = kinderOf(target, rows);
  const kinds = taskOf(target.task).hasClasses ? classesOf(target).length : quarters.length + 1;
  const counts = new Array<number>(kinds).fill(0);
  let waiting = 0;
  let throughSeq = 0;
  for (const { seq, label } of rows) {
    const kind = label === null ? null : kindOf(label);
    if (kind === null) waiting += 1;
    else counts[kind] = (counts[kind] ?? 0) + 1;
    if (waiting === 0 || waiting * coverage <= Math.min(...counts) * (1 - coverage)) throughSeq = seq;
  }
  return throughSeq;
}

function nounOf(target: TargetSpec): string {
  return taskOf(target.task).hasClasses ? 'class' : 'quarter of the values';
}
