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
 * Which kinds of drift the tests of one window speak for; null when none fired. `covariate`: features moved, one by one
 * or in how they go together;
 * `prediction`: answers did; `concept`: quality fell although neither moved. Where quality fell and something moved,
 * the tests cannot tell whether that is why.
 */
export function kindsOf(
  drift: Pick<DriftJudgement, 'verdict' | 'features' | 'together'> | null,
  decay: Pick<DecayJudgement, 'verdict'> | null,
): KindsOfDrift | null {
  const moved = (drift?.features ?? []).filter(({ drifted }) => drifted);
  const isTogether = drift?.together?.verdict === 'drift';
  const isAlone = moved.some(({ kind }) => kind === 'feature');
  const isCovariate = isAlone || isTogether;
  const isPrediction = moved.some(({ kind }) => kind === 'prediction');
  const isMoved = moved.length > 0 || isTogether;
  const isDecayed = decay?.verdict === 'decayed';
  const isJudged = drift !== null && drift.verdict !== 'insufficient';
  const kinds: readonly DriftKind[] = [
    ...(isCovariate ? (['covariate'] as const) : []),
    ...(isPrediction ? (['prediction'] as const) : []),
    ...(isDecayed && isJudged && !isMoved ? (['concept'] as const) : []),
  ];
  if (kinds.length === 0) return isDecayed ? { kinds, text: onlyDecayed } : null;
  const features = isAlone ? 'features moved' : 'features go together otherwise than they did';
  const what = isCovariate
    ? isPrediction
      ? `${features}, and answers with them (covariate and prediction drift)`
      : `${features}, and answers did not (covariate drift)`
    : isPrediction
      ? 'answers moved, and no feature by itself did (prediction drift)'
      : 'quality fell, and neither features nor answers moved: what they say of the target changed (concept drift)';
  const quality =
    isDecayed && isMoved
      ? '; quality fell, by that or by a concept that changed as well'
      : isDecayed || decay === null || decay.verdict === 'insufficient'
        ? ''
        : '; quality has not fallen';
  return { kinds, text: `By the tests of this window ${what}${quality}.` };
}

const onlyDecayed = 'Quality fell; whether features or answers moved was not judged in this window.';
