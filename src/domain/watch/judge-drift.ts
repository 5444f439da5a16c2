import { chiSquareHomogeneity } from '../../statistics/samples/chi-square.ts';
import { benjaminiHochberg } from '../../statistics/samples/multiplicity.ts';
import { referenceCells } from '../training/profile.ts';
import type { CellCounts, ReferenceProfile } from '../training/profile.ts';
import { samePhase } from './season/same-phase.ts';
import { sayPhase, unheeded } from './season/say-phase.ts';
import { sayCount, sayMany } from '../words/say.ts';
import { judgeTogether, type TogetherJudgement } from './multivariate/judge-together.ts';
import type { TogetherTest } from './multivariate/test-together.ts';
import { judgeFeature, type DriftWatch, type FeatureDrift, type Subject } from './feature-drift.ts';

/** Counters of one window, all binned by the profile that it is judged against. */
export interface WindowCells {
  readonly rows: number;
  /** Per feature of the profile, in its order, then the prediction (may be left out). */
  readonly cells: readonly CellCounts[];
  /**
   * Rows by phase of the profile's season, and last those that stand in no cell. Null where they were not counted by
   * phase: the window is then held against all of the reference.
   */
  readonly phases?: readonly number[] | null;
}

export interface DriftJudgement {
  readonly verdict: 'stable' | 'drift' | 'insufficient';
  readonly rows: number;
  readonly features: readonly FeatureDrift[];
  /** Features, and the prediction, that have moved by themselves. */
  readonly drifted: readonly string[];
  /** Present where `watch.multivariate` is declared. */
  readonly together?: TogetherJudgement;
  readonly text: string;
}

export interface DriftInput {
  readonly profile: ReferenceProfile;
  readonly window: WindowCells;
  readonly watch: DriftWatch;
  /** Features that move by nature (an instant) and are not judged. */
  readonly skip?: readonly string[];
  /** The definition declares a season; a profile that is older than that knows none. */
  readonly isSeasonal?: boolean;
  /** Of features together, or why there is none; absent where that is not declared. */
  readonly together?: TogetherTest | string;
}

/** Smaller windows are not judged: the chi-square cells would be pooled to nothing. */
export const driftRowsMin = 200;

/**
 * Two gates, both needed: significance (two-sample chi-square on the reference's cells, corrected for the memory that
 * the reference's own blocks show, Benjamini-Hochberg over features) and size (`effectMin`), so that what is certain in
 * a huge window and means nothing stays quiet. Beside them a plain threshold: a feature whose missing share has risen
 * by more than `missingShareRiseMax`, and significantly so, has drifted whatever its distance. Where the profile knows
 * a season, each distribution is held against the reference as it would be with the window's mix of phases; rows of
 * phases that it does not know are left out. Features together, where tested, are one more of the tests that
 * Benjamini-Hochberg corrects.
 */
export function judgeDrift(input: DriftInput): DriftJudgement {
  const left = rowsLeftOut(input);
  const rows = input.window.rows - left;
  if (rows < driftRowsMin) {
    const text =
      left === 0
        ? `Drift was not judged: the window has ${sayMany(rows, 'row')}, ${driftRowsMin} are needed.`
        : `Drift was not judged: of ${sayMany(input.window.rows, 'row')}, ${sayCount(left)} are of phases of which ` +
          `the reference has too few rows, and of the others ${driftRowsMin} are needed.`;
    return { verdict: 'insufficient', rows, features: [], drifted: [], text };
  }
  const subjects = subjectsOf(input);
  const tested = subjects.map((subject) => ({
    subject,
    test: chiSquareHomogeneity(subject.reference, subject.current, subject.memory),
  }));
  const { together } = input;
  const togetherP = typeof together === 'object' ? [together.pValue] : [];
  const adjusted = benjaminiHochberg([...tested.map(({ test }) => test.pValue), ...togetherP]);
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
  const judged = together === undefined ? null : judgeTogether(together, adjusted[subjects.length] ?? 1, input.watch);
  const apart = judged === null ? '' : ` ${judged.text}`;
  const text = `${found}${apart}${saySeason(input, subjects, left)}${sayUnmeasured(input.profile)}`;
  const isStable = drifted.length === 0 && judged?.verdict !== 'drift';
  return {
    verdict: isStable ? 'stable' : 'drift',
    rows,
    features,
    drifted: names,
    ...(judged === null ? {} : { together: judged }),
    text,
  };
}

/** Once for a window: nothing in the reference says how much windows differ by nature. */
function sayUnmeasured({ prediction }: ReferenceProfile): string {
  if (prediction.memory !== undefined && prediction.memory.length > 0) return '';
  return ' The reference has no measure of its memory: its rows were taken to be independent.';
}

/** Rows of the window that have nothing to be held against. */
function rowsLeftOut({ profile, window }: DriftInput): number {
  return profile.season === undefined ? 0 : (window.phases?.at(-1) ?? 0);
}

/** How the season was heeded, and what of the window it left out. */
function saySeason(
  { profile, window, isSeasonal = false }: DriftInput,
  subjects: readonly Subject[],
  left: number,
): string {
  const { season } = profile;
  if (season === undefined || window.phases == null) return isSeasonal ? ` ${unheeded}` : '';
  const isAnswered = subjects.some(({ kind }) => kind === 'prediction');
  const silent = isAnswered ? '' : ' Answers are not judged: the reference has too few of these phases.';
  return ` ${sayPhase(season, left)}${silent}`;
}

function subjectsOf({ profile, window, skip = [] }: DriftInput): readonly Subject[] {
  const all = [
    ...profile.features.map((feature) => ({ profile: feature, kind: 'feature' as const })),
    { profile: profile.prediction, kind: 'prediction' as const },
  ];
  const ofPhases = profile.season === undefined ? null : (window.phases?.slice(0, -1) ?? null);
  return all.flatMap((subject, i): readonly Subject[] => {
    const current = window.cells[i];
    if (current === undefined || skip.includes(subject.profile.name)) return [];
    if (ofPhases === null)
      return [
        { ...subject, reference: referenceCells(subject.profile), current, memory: subject.profile.memory ?? [] },
      ];
    const same = samePhase(subject.profile, ofPhases);
    return same === null ? [] : [{ ...subject, ...same, current }];
  });
}
