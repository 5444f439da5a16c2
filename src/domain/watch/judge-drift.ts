import { chiSquareHomogeneity } from '../../statistics/samples/chi-square.ts';
import { benjaminiHochberg } from '../../statistics/samples/multiplicity.ts';
import { referenceCells } from '../training/profile.ts';
import type { CellCounts, ReferenceProfile } from '../training/profile.ts';
import { sayCount, sayMany } from '../words/say.ts';
import { judgeFeature, type DriftWatch, type FeatureDrift, type Subject } from './feature-drift.ts';

/** Counters of one window, all binned by the profile that it is judged against. */
export interface WindowCells {
  readonly rows: number;
  /** Per feature of the profile, in its order, then the prediction (may be left out). */
  readonly cells: readonly CellCounts[];
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
  readonly watch: DriftWatch;
  /** Features that move by nature (an instant) and are not judged. */
  readonly skip?: readonly string[];
}

/** Smaller windows are not judged: the chi-square cells would be pooled to nothing. */
export const driftRowsMin = 200;

/**
 * Two gates, both needed: significance (two-sample chi-square on the reference's cells, corrected for the memory that
 * the reference's own blocks show, Benjamini-Hochberg over features) and size (`effectMin`), so that what is certain in
 * a huge window and means nothing stays quiet. Beside them a plain threshold: a feature whose missing share has risen
 * by more than `missingShareRiseMax`, and significantly so, has drifted whatever its distance.
 */
export function judgeDrift(input: DriftInput): DriftJudgement {
  const { rows } = input.window;
  if (rows < driftRowsMin) {
    const text = `Drift was not judged: the window has ${sayMany(rows, 'row')}, ${driftRowsMin} are needed.`;
    return { verdict: 'insufficient', rows, features: [], drifted: [], text };
  }
  const subjects = subjectsOf(input);
  const tested = subjects.map((subject) => ({
    subject,
    test: chiSquareHomogeneity(subject.reference, subject.current, subject.profile.memory),
  }));
  const adjusted = benjaminiHochberg(tested.map(({ test }) => test.pValue));
  const features = tested.map(({ subject, test }, i) =>
    judgeFeature(subject, test, adjusted[i] ?? 1, input.watch, subjects.length),
  );
  const drifted = features.filter((feature) => feature.drifted);
  const names = drifted.map((feature) => feature.name);
  const found =
    drifted.length === 0
      ? `No drift in ${sayMany(features.length, 'distribution')} over ${sayMany(rows, 'row')}.`
      : `Drift in ${sayCount(drifted.length)} of ${sayMany(features.length, 'distribution')} over ` +
        `${sayMany(rows, 'row')}: ${drifted.map((f) => f.text).join(' ')}`;
  const text = `${found}${sayUnmeasured(input.profile)}`;
  return { verdict: drifted.length === 0 ? 'stable' : 'drift', rows, features, drifted: names, text };
}

/** Once for a window: nothing in the reference says how much windows differ by nature. */
function sayUnmeasured({ prediction }: ReferenceProfile): string {
  if (prediction.memory !== undefined && prediction.memory.length > 0) return '';
  return ' The reference has no measure of its memory: its rows were taken to be independent.';
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
