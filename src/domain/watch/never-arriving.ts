import type { TargetSpec } from '../spec/spec.ts';
import { classesOf, taskOf } from '../tasks/task-of.ts';
import { sayNumber, sayShare } from '../words/say.ts';

/** An answered row that is so old that its label has come, if it ever does. */
export interface OldRow {
  readonly label: string | null;
  readonly scores: readonly number[];
}

interface NeverShare {
  readonly rows: number;
  /** Of `rows`, 0..1: those without a label. */
  readonly share: number;
}

/** How many rows never get a label, and of which answers. */
export interface NeverArriving extends NeverShare {
  /** Fifths of the score (with more than two classes: the class that is decided for), from low to high. */
  readonly bands: readonly (NeverShare & { readonly name: string })[];
}

/** Rows from which on this many labels have come: of what is older, at most this share is still to come. */
export const oldCoverage = 0.99;
/** Below this share it cannot be told from labels that are only late. */
const toldMin = 0.02;
const fifths = [0.2, 0.4, 0.6, 0.8] as const;
/** Of many classes those that are decided for most. */
const bandsMax = fifths.length + 1;

/**
 * The share of old rows that have no label, by what was answered to them. It says how much no verdict sees; where it
 * differs between answers, what is labelled is not like the rest. What the labels would have been nobody knows, so a
 * class that is never told is seen by no cut. Null without rows.
 */
export function neverArriving(target: TargetSpec, rows: readonly OldRow[]): NeverArriving | null {
  if (rows.length === 0) return null;
  const { labels } = taskOf(target.task);
  const classes = classesOf(target);
  const isMany = classes.length > 2;
  const placed = rows.map(({ label, scores }) => ({
    isLabelled: labels.numberOf(label, classes) !== null,
    score: isMany ? scores.indexOf(Math.max(...scores)) : (scores.at(-1) ?? Number.NaN),
  }));
  const limits = limitsOf(placed.map(({ score }) => score));
  const bandOf = (score: number) => (isMany ? score : limits.filter((limit) => score > limit).length);
  const bands = new Map<number, (typeof placed)[number][]>();
  for (const row of placed) {
    const found = bands.get(bandOf(row.score));
    if (found === undefined) bands.set(bandOf(row.score), [row]);
    else found.push(row);
  }
  const say = classes.length === 0 ? sayNumber : sayShare;
  const largest = [...bands].toSorted(([, a], [, b]) => b.length - a.length).slice(0, bandsMax);
  return {
    ...shareOf(placed),
    bands: largest
      .toSorted(([a], [b]) => a - b)
      .map(([band, found]) => ({
        name: isMany ? (classes[band] ?? String(band)) : sayRange(found, say),
        ...shareOf(found),
      })),
  };
}

/** For the verdicts that rest on labels; null where next to every label comes. */
export function sayNever(never: NeverArriving | null): string | null {
  if (never === null || never.share < toldMin) return null;
  const shares = never.bands.map(({ share }) => share);
  const range =
    shares.length < 2
      ? ''
      : ` (${sayShare(Math.min(...shares))} to ${sayShare(Math.max(...shares))}, depending on the answer)`;
  return `${sayShare(never.share)} of old rows never got a label${range}: of these no verdict knows anything.`;
}

function limitsOf(scores: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(scores).sort();
  return fifths.map((share) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
}

function shareOf(rows: readonly { readonly isLabelled: boolean }[]): NeverShare {
  return { rows: rows.length, share: rows.filter(({ isLabelled }) => !isLabelled).length / rows.length };
}

function sayRange(rows: readonly { readonly score: number }[], say: (value: number) => string): string {
  const scores = rows.map(({ score }) => score);
  const [low, high] = [say(Math.min(...scores)), say(Math.max(...scores))];
  return low === high ? low : `${low} to ${high}`;
}
