import { logEValue, type FailureCounts } from '../../statistics/sequential/e-process.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { sayCount, sayMany, sayNumber } from '../words/say.ts';
import { boundaryOf, type StopPlan } from './alpha-shares.ts';

export interface FailuresSeen {
  /**
   * First failures of entities per arm that are seen at once (no answer, slow), one entry per distinct weight of this
   * rollout.
   */
  readonly failures: readonly FailureCounts[];
  /** Null where the plan does not count decisions that their labels contradict. */
  readonly matured?: MaturedFailures | null;
}

/**
 * First failures of entities of any kind on mature rows: there alone it is known which decision was wrong, whatever its
 * label says.
 */
export interface MaturedFailures {
  /** Position of the last mature row of the traffic; 0 while there is none. */
  readonly throughSeq: number;
  readonly failures: readonly FailureCounts[];
}

/** The stronger of the processes that a plan has. */
export interface FailureEvidence {
  readonly logEValue: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
  readonly counts: readonly FailureCounts[];
  /** Whether it is that of the mature rows. */
  readonly isMature: boolean;
}

/**
 * Evidence that the challenger fails more often. What is seen at once is judged at once; with wrong decisions, all
 * kinds together are judged a second time on the rows whose labels have come in all their classes. An entity enters
 * either at its first failure there. Each is an e-process for a share of alpha of its own.
 */
export function judgeFailures(
  seen: FailuresSeen,
  { riskRatioMax, failures: kinds }: Pick<RolloutSpec, 'riskRatioMax' | 'failures'>,
): FailureEvidence {
  const judge = ({ counts, isMature }: Process): FailureEvidence => ({
    logEValue: logEValue(counts, riskRatioMax),
    championFailures: sumOf(counts, 'championFailures'),
    challengerFailures: sumOf(counts, 'challengerFailures'),
    counts,
    isMature,
  });
  const [first, ...others] = processesOf(seen, kinds);
  return strongest([judge(first), ...others.map(judge)]);
}

/** The one with the most evidence; the first where they have as much. */
export function strongest<T extends { readonly logEValue: number }>(judged: readonly [T, ...T[]]): T {
  const [first, ...others] = judged;
  return others.reduce((most, one) => (one.logEValue > most.logEValue ? one : most), first);
}

/** Failures that are judged together. */
export interface Process {
  readonly counts: readonly FailureCounts[];
  readonly isMature: boolean;
}

/** What is seen at once, and what waits for labels, where the plan counts it. */
export function processesOf(
  { failures, matured }: FailuresSeen,
  kinds: RolloutSpec['failures'],
): readonly [Process, ...Process[]] {
  const atOnce = { counts: failures, isMature: false };
  if (matured == null) return [atOnce];
  const mature = { counts: matured.failures, isMature: true };
  return isAtOnce(kinds) ? [atOnce, mature] : [mature];
}

/** Whether a plan counts failures that are seen without a label. */
export function isAtOnce(kinds: RolloutSpec['failures']): boolean {
  return kinds.some((kind) => kind !== 'wrong');
}

/**
 * `3 entities failed first with the challenger, 10 with the champion; evidence of more than 1.25 times the failures is
 * 0.4 (stops at 36.36)`, for each process that the plan has.
 */
export function sayFailures(
  seen: FailuresSeen,
  plan: StopPlan & Pick<RolloutSpec, 'riskRatioMax'>,
  sayStopping: (logE: number, boundary: number) => string,
): string {
  const { riskRatioMax, failures } = plan;
  const say = (counts: readonly FailureCounts[]): string =>
    `${sayMany(sumOf(counts, 'challengerFailures'), 'entity', 'entities')} failed first with the challenger, ` +
    `${sayCount(sumOf(counts, 'championFailures'))} with the champion; evidence of more than ` +
    `${sayNumber(riskRatioMax)} times the failures is ` +
    sayStopping(logEValue(counts, riskRatioMax), boundaryOf(plan, 'evidence'));
  const { matured } = seen;
  if (matured == null) return say(seen.failures);
  return [...(isAtOnce(failures) ? [say(seen.failures)] : []), sayMatured(matured, say)].join('; ');
}

function sayMatured({ throughSeq, failures }: MaturedFailures, say: (of: readonly FailureCounts[]) => string): string {
  if (throughSeq === 0) return 'no row is mature yet, so no decision is known to be wrong';
  return `with wrong decisions, on mature rows through ${sayCount(throughSeq)}, ${say(failures)}`;
}

function sumOf(counts: readonly FailureCounts[], arm: 'championFailures' | 'challengerFailures'): number {
  return counts.reduce((sum, one) => sum + one[arm], 0);
}
