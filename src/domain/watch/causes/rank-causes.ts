import { total } from '../../../statistics/samples/chi-square.ts';
import { standardShift } from '../../../statistics/samples/divergence.ts';
import type { CellCounts, FeatureProfile, ReferenceProfile } from '../../training/profile.ts';
import { sayShare } from '../../words/say.ts';
import { cellLabels } from '../cell-labels.ts';
import type { DriftJudgement, WindowCells } from '../judge-drift.ts';

/** A feature that may have moved the answers. */
export interface Cause {
  readonly feature: string;
  /** How far it has moved itself, in standard deviations. */
  readonly effect: number;
  readonly drifted: boolean;
  /**
   * How much of the movement of the answers goes away when the reference is re-weighted to this feature's values in the
   * window: 0..1. Features that move together each explain what they share, so shares do not add up to 1. Null where
   * the answers have not moved beyond noise, or the reference does not say how answers go with the feature.
   */
  readonly answerShare: number | null;
  /** The values whose share moved most: with how much of the rows now, and when trained. */
  readonly part: { readonly label: string; readonly now: number; readonly before: number };
}

/** Causes that are kept with a verdict. */
const causesMax = 5;
const shownMax = 3;

/**
 * Features in the order in which they explain that answers moved, then by how far they moved; none for a window that
 * did not drift. Counted from what is kept of reference and window, without reading a row. It is an attribution and no
 * test: it assumes that answers still go with each feature as they did, takes features one by one, and knows no season.
 */
export function rankCauses(
  profile: ReferenceProfile,
  window: WindowCells,
  judged: Pick<DriftJudgement, 'verdict' | 'features'>,
): readonly Cause[] {
  if (judged.verdict !== 'drift') return [];
  const answers = answersOf(profile, window);
  return judged.features
    .flatMap(({ name, kind, effect, drifted }): readonly Cause[] => {
      const at = kind === 'prediction' ? -1 : profile.features.findIndex((feature) => feature.name === name);
      const feature = profile.features[at];
      const current = window.cells[at];
      if (feature === undefined || current === undefined) return [];
      const joint = profile.answers?.counts[at];
      const answerShare = answers === null || joint === undefined ? null : shareOf(joint, current, answers);
      return [{ feature: name, effect, drifted, answerShare, part: partOf(feature, current) }];
    })
    .filter(({ drifted, answerShare }) => drifted || (answerShare ?? 0) >= shareMin)
    .toSorted((a, b) => (b.answerShare ?? 0) - (a.answerShare ?? 0) || b.effect - a.effect)
    .slice(0, causesMax);
}

/** Less of the movement than this is no cause worth naming, unless the feature has moved itself. */
const shareMin = 0.1;

/** Cause by cause, at most three. */
export function sayCauses(causes: readonly Cause[]): string {
  if (causes.length === 0) return '';
  const named = causes.slice(0, shownMax).map(({ feature, answerShare, part }) => {
    const share = answerShare === null ? '' : `${sayShare(answerShare)} of what answers moved by, `;
    return `"${feature}" (${share}most: ${part.label}, ${sayShare(part.now)} of rows, ${sayShare(part.before)} before)`;
  });
  return `Likely causes, first the likeliest: ${named.join('; ')}.`;
}

interface Answers {
  readonly before: CellCounts;
  readonly now: CellCounts;
  /** Squared distance of the two, above what sampling shows. */
  readonly moved: number;
}

/** Null where answers have not moved beyond noise. */
function answersOf({ answers, features }: ReferenceProfile, { cells }: WindowCells): Answers | null {
  const current = cells[features.length];
  const [joint] = answers?.counts ?? [];
  if (answers === undefined || current === undefined || joint === undefined) return null;
  const groups = joint[0]?.length ?? 0;
  const before = Array.from({ length: groups }, (_, group) => total(joint.map((counts) => counts[group] ?? 0)));
  const now = new Array<number>(groups).fill(0);
  current.forEach((count, cell) => {
    const group = answers.groupOfCell[cell] ?? 0;
    now[group] = (now[group] ?? 0) + count;
  });
  if (standardShift(before, now, 1) <= 0) return null;
  return { before, now, moved: standardShift(before, now, 0) ** 2 };
}

function shareOf(joint: readonly CellCounts[], current: CellCounts, { before, now, moved }: Answers): number {
  const m = total(current);
  const n = total(before);
  const reweighted = before.map((all, group) =>
    joint.reduce((sum, counts, cell) => {
      const rows = total(counts);
      // Of values that the reference has none of, it says what it says of all.
      const of = rows === 0 ? all / (n || 1) : (counts[group] ?? 0) / rows;
      return sum + (of * (current[cell] ?? 0)) / (m || 1);
    }, 0),
  );
  const left = standardShift(
    reweighted.map((share) => share * n),
    now,
    0,
  );
  return Math.max(0, 1 - (left * left) / moved);
}

function partOf(feature: FeatureProfile, current: CellCounts): Cause['part'] {
  const labels = cellLabels(feature);
  const reference = feature.kind === 'binned' ? feature.counts : [...feature.counts, feature.other];
  const before = [...reference, feature.missing];
  const [n, m] = [total(before) || 1, total(current) || 1];
  const gapOf = (cell: number): number => Math.abs((current[cell] ?? 0) / m - (before[cell] ?? 0) / n);
  const most = labels.reduce((best, _, cell) => (gapOf(cell) > gapOf(best) ? cell : best), 0);
  return { label: labels[most] ?? '', now: (current[most] ?? 0) / m, before: (before[most] ?? 0) / n };
}
