import type { DecayJudgement } from '../judge-decay.ts';
import type { DriftJudgement } from '../judge-drift.ts';

/** What has drifted, by which tests fired. Of the labels themselves none is made. */
export const driftKinds = ['covariate', 'prediction', 'concept'] as const;
export type DriftKind = (typeof driftKinds)[number];

export interface KindsOfDrift {
  readonly kinds: readonly DriftKind[];
  /** One sentence. */
  readonly text: string;
}

/**
 * Which kinds of drift the tests of one window speak for; null when none fired. `covariate`: features moved;
 * `prediction`: answers did; `concept`: quality fell although neither moved. Where quality fell and something moved,
 * the tests cannot tell whether that is why.
 */
export function kindsOf(
  drift: Pick<DriftJudgement, 'verdict' | 'features'> | null,
  decay: Pick<DecayJudgement, 'verdict'> | null,
): KindsOfDrift | null {
  const moved = (drift?.features ?? []).filter(({ drifted }) => drifted);
  const isCovariate = moved.some(({ kind }) => kind === 'feature');
  const isPrediction = moved.some(({ kind }) => kind === 'prediction');
  const isDecayed = decay?.verdict === 'decayed';
  const isJudged = drift !== null && drift.verdict !== 'insufficient';
  const kinds: readonly DriftKind[] = [
    ...(isCovariate ? (['covariate'] as const) : []),
    ...(isPrediction ? (['prediction'] as const) : []),
    ...(isDecayed && isJudged && moved.length === 0 ? (['concept'] as const) : []),
  ];
  if (kinds.length === 0) return isDecayed ? { kinds, text: onlyDecayed } : null;
  const what = isCovariate
    ? isPrediction
      ? 'features moved, and answers with them (covariate and prediction drift)'
      : 'features moved, and answers did not (covariate drift)'
    : isPrediction
      ? 'answers moved, and no feature by itself did (prediction drift)'
      : 'quality fell, and neither features nor answers moved: what they say of the target changed (concept drift)';
  const quality =
    isDecayed && moved.length > 0
      ? '; quality fell, by that or by a concept that changed as well'
      : isDecayed || decay === null || decay.verdict === 'insufficient'
        ? ''
        : '; quality has not fallen';
  return { kinds, text: `By the tests of this window ${what}${quality}.` };
}

const onlyDecayed = 'Quality fell; whether features or answers moved was not judged in this window.';
