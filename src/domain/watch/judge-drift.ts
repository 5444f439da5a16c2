import { chiSquareHomogeneity, total } from '../../statistics/chi-square.ts';
import { jensenShannon } from '../../statistics/divergence.ts';
import { benjaminiHochberg } from '../../statistics/multiplicity.ts';
import { normalSf } from '../../statistics/normal.ts';
import { referenceCells } from '../training/profile.ts';
import type { CellCounts, FeatureProfile, ReferenceProfile } from '../training/profile.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { WatchSpec } from '../spec/spec.ts';

/** Counters of one window, all binned by the profile that it is judged against. */
export interface WindowCells {
  readonly rows: number;
  /** Per feature of the profile, in its order, then the prediction (may be left out). */
  readonly cells: readonly CellCounts[];
}

export interface FeatureDrift {
  readonly name: string;
  readonly kind: 'feature' | 'prediction';
  readonly chiSquare: number;
  readonly df: number;
  readonly pValue: number;
  /** Benjamini-Hochberg over what was judged in this window. */
  readonly adjusted: number;
  readonly jsDistance: number;
  readonly jsAboveFloor: number;
  readonly missingShareReference: number;
  readonly missingShareCurrent: number;
  /** Rise (>= 0) of the share of categories outside the profile's values; 0 for numbers. */
  readonly unseenShare: number;
  readonly drifted: boolean;
  readonly text: string;
}

export interface DriftJudgement {
  readonly verdict: 'stable' | 'drift' | 'insufficient';
  readonly rows: number;
  readonly features: readonly FeatureDrift[];
  readonly drifted: readonly string[];
  readonly text: string;
}

export interface DriftInput {
  readonly profile: ReferenceProfile;
  readonly window: WindowCells;
  readonly watch: Pick<WatchSpec, 'falseAlarmRate' | 'effectMin' | 'missingShareRiseMax'>;
  /** Features that move by nature (an instant) and are not judged. */
  readonly skip?: readonly string[];
}

/** Smaller windows are not judged: the chi-square cells would be pooled to nothing. */
export const driftRowsMin = 200;

/**
 * Two gates, both needed: significance (two-sample chi-square on the reference's cells, Benjamini-Hochberg over
 * features) and size (Jensen-Shannon distance above its sampling floor >= effectMin). Size is what guards real streams,
 * whose rows are not independent and make any difference significant. Beside them a plain threshold: a feature whose
 * missing share has risen by more than `missingShareRiseMax`, and significantly so, has drifted whatever its distance.
 */
export function judgeDrift(input: DriftInput): DriftJudgement {
  const { rows } = input.window;
  if (rows < driftRowsMin) {
    const text = `Drift was not judged: the window has ${sayMany(rows, 'row')}, ${driftRowsMin} are needed.`;
    return { verdict: 'insufficient', rows, features: [], drifted: [], text };
  }
  const subjects = subjectsOf(input);
  const tests = subjects.map(({ reference, current }) => chiSquareHomogeneity(reference, current));
  const adjusted = benjaminiHochberg(tests.map((test) => test.pValue));
  const features = subjects.map((subject, i) => {
    const test = tests[i] ?? { statistic: 0, df: 0, pValue: 1 };
    return judgeFeature(subject, test, adjusted[i] ?? 1, input.watch, subjects.length);
  });
  const drifted = features.filter((feature) => feature.drifted);
  const names = drifted.map((feature) => feature.name);
  const text =
    drifted.length === 0
      ? `No drift in ${sayMany(features.length, 'distribution')} over ${sayMany(rows, 'row')}.`
      : `Drift in ${sayCount(drifted.length)} of ${sayMany(features.length, 'distribution')} over ` +
        `${sayMany(rows, 'row')}: ${drifted.map((f) => f.text).join(' ')}`;
  return { verdict: drifted.length === 0 ? 'stable' : 'drift', rows, features, drifted: names, text };
}

interface Subject {
  readonly profile: FeatureProfile;
  readonly kind: FeatureDrift['kind'];
  readonly reference: CellCounts;
  readonly current: CellCounts;
}

function subjectsOf({ profile, window, skip = [] }: DriftInput): readonly Subject[] {
  const all = [
    ...profile.features.map((feature) => ({ profile: feature, kind: 'feature' as const })),
    { profile: profile.prediction, kind: 'prediction' as const },
  ];
  return all.flatMap((subject, i) => {
    const current = window.cells[i];
    if (current === undefined || skip.includes(subject.profile.name)) return [];
    return [{ ...subject, reference: referenceCells(subject.profile), current }];
  });
}

function judgeFeature(
  { profile, kind, reference, current }: Subject,
  test: { readonly statistic: number; readonly df: number; readonly pValue: number },
  adjusted: number,
  watch: DriftInput['watch'],
  subjects: number,
): FeatureDrift {
  const js = jensenShannon(reference, current);
  const missing = risenShare(reference, current, reference.length - 1);
  const other = profile.kind !== 'binned' ? risenShare(reference, current, reference.length - 2) : null;
  const isMoved = adjusted <= watch.falseAlarmRate && js.aboveFloor >= watch.effectMin;
  // Bonferroni: this test stands outside the Benjamini-Hochberg family and must not add false alarms of its own.
  const isMissing = missing.rise > watch.missingShareRiseMax && missing.pValue <= watch.falseAlarmRate / subjects;
  const name = `"${profile.name}"`;
  const distance =
    `distance ${sayNumber(js.aboveFloor)} above sampling noise (limit ${sayNumber(watch.effectMin)}), ` +
    `adjusted p ${sayNumber(adjusted)}`;
  const text = isMissing
    ? `${name} is missing in ${sayShare(missing.current)} of rows, ${sayShare(missing.reference)} when trained.`
    : isMoved
      ? `${name} has moved: ${distance}${sayUnseen(other)}.`
      : `${name} is stable: ${distance}.`;
  return {
    name: profile.name,
    kind,
    chiSquare: test.statistic,
    df: test.df,
    pValue: test.pValue,
    adjusted,
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
  /** One-sided, pooled two-proportion test. */
  readonly pValue: number;
}

function risenShare(reference: CellCounts, current: CellCounts, cell: number): RisenShare {
  const n = total(reference);
  const m = total(current);
  if (n === 0 || m === 0) return { reference: 0, current: 0, rise: 0, pValue: 1 };
  const before = (reference[cell] ?? 0) / n;
  const now = (current[cell] ?? 0) / m;
  const pooled = ((reference[cell] ?? 0) + (current[cell] ?? 0)) / (n + m);
  const standardError = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return {
    reference: before,
    current: now,
    rise: now - before,
    pValue: standardError === 0 ? 1 : normalSf((now - before) / standardError),
  };
}

function sayUnseen(other: RisenShare | null): string {
  if (other === null || other.rise < 0.01) return '';
  return `; values outside its list are ${sayShare(other.current)} of rows, ${sayShare(other.reference)} when trained`;
}
