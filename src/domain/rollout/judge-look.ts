import { isBeyondBoundary, logEValue } from '../../statistics/e-process.ts';
import type { FailureCounts } from '../../statistics/e-process.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { RolloutSpec } from '../spec/spec.ts';

export interface LookInput {
  /** First failures of entities per arm, one entry per distinct weight of this rollout. */
  readonly failures: readonly FailureCounts[];
  /** Rows that the challenger should have answered in this rollout, and those where it failed. */
  readonly challengerRows: number;
  readonly challengerErrors: number;
  readonly rollout: Pick<RolloutSpec, 'alpha' | 'riskRatioMax' | 'breaker'>;
}

export interface LookJudgement {
  readonly verdict: 'continue' | 'stop';
  readonly stoppedBy: 'evidence' | 'breaker' | null;
  readonly logEValue: number;
  /** exp(logEValue), at most 1e300 so that it survives JSON. */
  readonly eValue: number;
  /** 1 / alpha. */
  readonly boundary: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
  readonly text: string;
}

/**
 * One look at a canary. The e-process may be looked at as often as one likes and stops a healthy challenger with
 * probability at most alpha over the whole rollout. The breaker stands outside the statistics: it also sees harm that
 * hits both arms, and repeated harm to one entity. Neither ever promotes.
 */
export function judgeLook({ failures, challengerRows, challengerErrors, rollout }: LookInput): LookJudgement {
  const logE = logEValue(failures, rollout.riskRatioMax);
  const boundary = 1 / rollout.alpha;
  const championFailures = failures.reduce((sum, counts) => sum + counts.championFailures, 0);
  const challengerFailures = failures.reduce((sum, counts) => sum + counts.challengerFailures, 0);
  const errorShare = challengerRows === 0 ? 0 : challengerErrors / challengerRows;
  const { rowsMin, errorShareMax } = rollout.breaker;
  const isBroken = challengerRows >= rowsMin && errorShare > errorShareMax;
  const isProven = isBeyondBoundary(logE, rollout.alpha);
  const eValue = Math.exp(Math.min(logE, 690));
  const counted =
    `${sayMany(challengerFailures, 'entity', 'entities')} failed first with the challenger, ` +
    `${sayCount(championFailures)} with the champion`;
  const evidence =
    `evidence of more than ${sayNumber(rollout.riskRatioMax)} times the failures is ` +
    `${sayNumber(eValue)} (stops at ${sayNumber(boundary)})`;
  const broken =
    `the challenger failed on ${sayShare(errorShare)} of ${sayMany(challengerRows, 'row')} ` +
    `(breaker at ${sayShare(errorShareMax)})`;
  const text = isBroken
    ? `Stopped: ${broken}.`
    : isProven
      ? `Stopped: ${counted}; ${evidence}.`
      : `Continues: ${counted}; ${evidence}.`;
  return {
    verdict: isBroken || isProven ? 'stop' : 'continue',
    stoppedBy: isBroken ? 'breaker' : isProven ? 'evidence' : null,
    logEValue: logE,
    eValue,
    boundary,
    championFailures,
    challengerFailures,
    text,
  };
}
