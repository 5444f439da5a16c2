import { estimatedExcess, logExcessEValue, provenExcess } from '../../statistics/sequential/excess.ts';
import { sayCount, sayNumber } from '../words/say.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { boundaryOf } from './alpha-shares.ts';
import { processesOf, strongest, type FailuresSeen, type Process } from './judge-failures.ts';

export interface ExcessJudgement {
  /** Entities that failed with the challenger beyond those that the champion's failures let expect: as it looks. */
  readonly estimate: number;
  /** So many are proven, but for the share of alpha. */
  readonly proven: number;
  readonly max: number;
  /** Against "the excess is at most `max`", and where that stops it. */
  readonly logEValue: number;
  readonly boundary: number;
}

/**
 * Whether the rollout has cost more failures than its plan allows; null where the plan declares no limit. It stops when
 * that many are proven by a bound that holds over all looks, not when the estimate reaches them: the estimate of two
 * versions that fail alike wanders, and would stop many of them (`bench:judgement --only excess` prints how many).
 * By the time of the proof the excess is larger than the limit.
 */
export function judgeExcess(
  seen: FailuresSeen,
  plan: Pick<RolloutSpec, 'alpha' | 'failures' | 'excessFailuresMax' | 'canary'>,
): ExcessJudgement | null {
  if (plan.excessFailuresMax === undefined) return null;
  const max = plan.excessFailuresMax;
  const boundary = boundaryOf(plan, 'excess');
  const weightMax = weightMaxOf(plan);
  const judge = ({ counts }: Process): ExcessJudgement => ({
    estimate: estimatedExcess(counts),
    proven: provenExcess(counts, 1 / boundary, weightMax),
    max,
    // Survives JSON; failures that nothing was assigned by chance to say nothing.
    logEValue: Math.max(-700, logExcessEValue(counts, max, weightMax)),
    boundary,
  });
  const [first, ...others] = processesOf(seen, plan.failures);
  return strongest([judge(first), ...others.map(judge)]);
}

/** `about 12 entities failed beyond the champion's share, 4 of them proven; 20 are allowed`. */
export function sayExcess({ estimate, proven, max }: ExcessJudgement): string {
  return (
    `about ${sayCount(Math.max(0, Math.round(estimate)))} more entities failed than with the champion, ` +
    `${sayCount(Math.floor(proven))} of them proven; ${sayNumber(max)} are allowed`
  );
}

/** The largest share at which entities are assigned by chance. */
function weightMaxOf({ canary }: Pick<RolloutSpec, 'canary'>): number {
  return Math.max(0, ...canary.map(({ percent }) => percent / 100).filter((weight) => weight < 1));
}
