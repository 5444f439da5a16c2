import type { DecayJudgement } from '../judge-decay.ts';
import type { DriftJudgement } from '../judge-drift.ts';
import type { LabelDrift } from '../labels/judge-labels.ts';

/** What has drifted, by which tests fired. */
export const driftKinds = ['covariate', 'prediction', 'label', 'concept'] as const;
export type DriftKind = (typeof driftKinds)[number];

export interface KindsOfDrift {
  readonly kinds: readonly DriftKind[];
  /** One sentence. */
  readonly text: string;
}

/**
 * Which kinds of drift the tests of one window speak for; null when none fired. `covariate`: features moved, one by one
 * or in how they go together; `prediction`: answers did; `label`: labels of mature rows did; `concept`: labels moved or
 * quality fell although neither features nor answers moved, so that what they say of the target is another thing. Where
 * quality fell and something moved, the tests cannot tell whether that is why; where labels and features moved, they
 * cannot tell whether the relation did too. Labels are of earlier rows than features, as far as labels are late.
 */
export function kindsOf(
  drift: Pick<DriftJudgement, 'verdict' | 'features' | 'together'> | null,
  decay: Pick<DecayJudgement, 'verdict'> | null,
  labels: Pick<LabelDrift, 'verdict'> | null = null,
): KindsOfDrift | null {
  const moved = (drift?.features ?? []).filter(({ drifted }) => drifted);
  const isTogether = drift?.together?.verdict === 'drift';
  const isAlone = moved.some(({ kind }) => kind === 'feature');
  const isCovariate = isAlone || isTogether;
  const isPrediction = moved.some(({ kind }) => kind === 'prediction');
  const isMoved = moved.length > 0 || isTogether;
  const isDecayed = decay?.verdict === 'decayed';
  const isLabel = labels?.verdict === 'drift';
  const isJudged = drift !== null && drift.verdict !== 'insufficient';
  const kinds: readonly DriftKind[] = [
    ...(isCovariate ? (['covariate'] as const) : []),
    ...(isPrediction ? (['prediction'] as const) : []),
    ...(isLabel ? (['label'] as const) : []),
    ...((isDecayed || isLabel) && isJudged && !isMoved ? (['concept'] as const) : []),
  ];
  if (kinds.length === 0) return isDecayed ? { kinds, text: onlyDecayed } : null;
  const inputs = sayInputs({ isAlone, isCovariate, isPrediction });
  const what = isLabel
    ? isMoved
      ? `${inputs}; labels of mature rows moved as well (label drift)`
      : isJudged
        ? `labels of mature rows moved, and neither features nor answers did: ${relation} (label and concept drift)`
        : 'labels of mature rows moved (label drift), and whether features or answers did was not judged'
    : isMoved
      ? inputs
      : `quality fell, and neither features nor answers moved: ${relation} (concept drift)`;
  const hasOtherCause = isMoved || isLabel;
  const quality =
    isDecayed && hasOtherCause
      ? `; quality fell, by that or by ${isMoved ? 'a concept that changed as well' : 'what came with it'}`
      : isDecayed || decay === null || decay.verdict === 'insufficient'
        ? ''
        : '; quality has not fallen';
  return { kinds, text: `By the tests of this window ${what}${quality}.` };
}

const relation = 'what they say of the target changed';

function sayInputs(moved: {
  readonly isAlone: boolean;
  readonly isCovariate: boolean;
  readonly isPrediction: boolean;
}): string {
  const features = moved.isAlone ? 'features moved' : 'features go together otherwise than they did';
  if (!moved.isCovariate) return 'answers moved, and no feature by itself did (prediction drift)';
  return moved.isPrediction
    ? `${features}, and answers with them (covariate and prediction drift)`
    : `${features}, and answers did not (covariate drift)`;
}

const onlyDecayed = 'Quality fell; whether features or answers moved was not judged in this window.';
