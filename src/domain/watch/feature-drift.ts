import { studentTSf } from '../../statistics/distributions/beta.ts';
import { total, type Homogeneity } from '../../statistics/samples/chi-square.ts';
import { jensenShannon, standardShift } from '../../statistics/samples/divergence.ts';
import type { BlockSpread } from '../../statistics/samples/block-spread.ts';
import { normalSf } from '../../statistics/distributions/normal.ts';
import type { WatchSpec } from '../spec/spec.ts';
import type { CellCounts, FeatureProfile } from '../training/profile.ts';
import { sayNumber, sayShare } from '../words/say.ts';

export interface FeatureDrift {
  readonly name: string;
  readonly kind: 'feature' | 'prediction';
  readonly chiSquare: number;
  readonly df: number;
  readonly pValue: number;
  /** Benjamini-Hochberg over what was judged in this window. */
  readonly adjusted: number;
  /** How far it has moved above sampling noise, in standard deviations: 0..2. Evidence of earlier releases lacks it. */
  readonly effect: number;
  /** How much wider shares spread between blocks of the reference than those of independent rows; at least 1. */
  readonly designEffect: number;
  readonly jsDistance: number;
  readonly jsAboveFloor: number;
  readonly missingShareReference: number;
  readonly missingShareCurrent: number;
  /** Rise (>= 0) of the share of categories outside the profile's values; 0 for numbers. */
  readonly unseenShare: number;
  readonly drifted: boolean;
  readonly text: string;
}

/**
 * A small Jensen-Shannon distance in standard deviations, which evidence of earlier releases does not have: the
 * divergence of two normal distributions that lie d apart is d^2 / 8 for small d.
 */
export const effectOfDistance = Math.sqrt(8);

export type DriftWatch = Pick<WatchSpec, 'falseAlarmRate' | 'effectMin' | 'missingShareRiseMax' | 'multivariate'>;

/** One distribution of a window beside the same of the reference. */
export interface Subject {
  readonly profile: FeatureProfile;
  readonly kind: FeatureDrift['kind'];
  readonly reference: CellCounts;
  readonly current: CellCounts;
  /** How blocks of the reference differ; empty where that was not measured. */
  readonly memory: readonly BlockSpread[];
}

/** The verdict on one of `subjects` distributions, from its test and the p-value adjusted for all. */
export function judgeFeature(
  { profile, kind, reference, current, memory }: Subject,
  test: Homogeneity,
  adjusted: number,
  watch: DriftWatch,
  subjects: number,
): FeatureDrift {
  const js = jensenShannon(reference, current);
  const effect = standardShift(reference, current, test.designEffect);
  const missing = risenShare(reference, current, reference.length - 1, test);
  const other = profile.kind !== 'binned' ? risenShare(reference, current, reference.length - 2, test) : null;
  // Without a measure of memory only size guards a stream whose rows are not independent: as a distance, it is wider.
  const isMeasured = memory.length > 0;
  const size = isMeasured ? effect : js.aboveFloor;
  const isMoved = adjusted <= watch.falseAlarmRate && size >= watch.effectMin;
  // Bonferroni: this test stands outside the Benjamini-Hochberg family and must not add false alarms of its own.
  const isMissing = missing.rise > watch.missingShareRiseMax && missing.pValue <= watch.falseAlarmRate / subjects;
  const name = `"${profile.name}"`;
  const limit = `(limit ${sayNumber(watch.effectMin)}), adjusted p ${sayNumber(adjusted)}`;
  const distance = isMeasured
    ? `${sayNumber(effect)} standard deviations ${limit}`
    : `distance ${sayNumber(js.aboveFloor)} above sampling noise ${limit}`;
  const moved = isMeasured ? `has moved by ${distance}` : `has moved: ${distance}`;
  const text = isMissing
    ? `${name} is missing in ${sayShare(missing.current)} of rows, ${sayShare(missing.reference)} when trained.`
    : isMoved
      ? `${name} ${moved}${sayMost(profile, reference, current)}${sayUnseen(other)}.`
      : `${name} is stable: ${distance}.`;
  return {
    name: profile.name,
    kind,
    chiSquare: test.statistic,
    df: test.df,
    pValue: test.pValue,
    adjusted,
    effect,
    designEffect: test.designEffect,
    jsDistance: js.distance,
    jsAboveFloor: js.aboveFloor,
    missingShareReference: missing.reference,
    missingShareCurrent: missing.current,
    unseenShare: Math.max(0, other?.rise ?? 0),
    drifted: isMoved || isMissing,
    text,
  };
}

interface RisenShare {
  readonly reference: number;
  readonly current: number;
  readonly rise: number;
  /** One-sided, pooled two-proportion test; as wide as the direction in which the reference's blocks spread most. */
  readonly pValue: number;
}

function risenShare(
  reference: CellCounts,
  current: CellCounts,
  cell: number,
  { largestEffect, effectDf }: Pick<Homogeneity, 'largestEffect' | 'effectDf'>,
): RisenShare {
  const n = total(reference);
  const m = total(current);
  if (n === 0 || m === 0) return { reference: 0, current: 0, rise: 0, pValue: 1 };
  const before = (reference[cell] ?? 0) / n;
  const now = (current[cell] ?? 0) / m;
  const pooled = ((reference[cell] ?? 0) + (current[cell] ?? 0)) / (n + m);
  const standardError = Math.sqrt(largestEffect * pooled * (1 - pooled) * (1 / n + 1 / m));
  const errors = (now - before) / standardError;
  const isKnown = effectDf === Number.POSITIVE_INFINITY;
  return {
    reference: before,
    current: now,
    rise: now - before,
    pValue: standardError === 0 ? 1 : isKnown ? normalSf(errors) : studentTSf(errors, effectDf),
  };
}

/** The value of a category whose share moved most: what a person looks for first. */
function sayMost(profile: FeatureProfile, reference: CellCounts, current: CellCounts): string {
  if (profile.kind === 'binned') return '';
  const n = total(reference) || 1;
  const m = total(current) || 1;
  const gapOf = (place: number): number => Math.abs((current[place] ?? 0) / m - (reference[place] ?? 0) / n);
  const most = profile.values.reduce((best, _, place) => (gapOf(place) > gapOf(best) ? place : best), 0);
  const value = profile.values[most];
  if (value === undefined || gapOf(most) < 0.01) return '';
  const [before, now] = [(reference[most] ?? 0) / n, (current[most] ?? 0) / m];
  return `; "${value}" is ${sayShare(now)} of rows, ${sayShare(before)} when trained`;
}

function sayUnseen(other: RisenShare | null): string {
  if (other === null || other.rise < 0.01) return '';
  return `; values outside its list are ${sayShare(other.current)} of rows, ${sayShare(other.reference)} when trained`;
}
