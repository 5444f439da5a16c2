import {
  isBeyondBoundary,
  logAssignmentEValue,
  logEValue,
  logRateEValue,
} from '../../statistics/sequential/e-process.ts';
import type { AssignedCounts, FailureCounts } from '../../statistics/sequential/e-process.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { boundaryOf } from './alpha-shares.ts';

export interface LookInput {
  /** First failures of entities per arm, one entry per distinct weight of this rollout. */
  readonly failures: readonly FailureCounts[];
  /** Entities by the arm that their bucket gave them when they first came, one entry per distinct weight. */
  readonly assigned: readonly AssignedCounts[];
  /** Rows that the challenger should have answered in this rollout, and those where it failed. */
  readonly challengerRows: number;
  readonly challengerErrors: number;
  /**
   * Entities with a row that the challenger should have answered, once in each stretch of rows that they come in, and
   * those whose first row there failed.
   */
  readonly challengerUnits: number;
  readonly challengerUnitFailures: number;
  readonly rollout: Pick<RolloutSpec, 'alpha' | 'riskRatioMax' | 'breaker'>;
}

export type StoppedBy = 'evidence' | 'breaker' | 'assignment';

export interface LookJudgement {
  readonly verdict: 'continue' | 'stop';
  readonly stoppedBy: StoppedBy | null;
  readonly logEValue: number;
  /** exp(logEValue), at most 1e300 so that it survives JSON. */
  readonly eValue: number;
  /** Where the evidence stops it: 1 / its share of alpha. */
  readonly boundary: number;
  /** Against "at most `breaker.errorShareMax` of its answers fail", at most 1e300, and where that stops it. */
  readonly breakerEValue: number;
  readonly breakerBoundary: number;
  /** Against "entities are assigned as the weights say", at most 1e300, and where that stops it. */
  readonly assignmentEValue: number;
  readonly assignmentBoundary: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
  readonly text: string;
}

/**
 * One look at a challenger. All rules are e-processes, so they may be looked at as often as one likes: the first bets
 * on first failures of entities falling to its arm, the second against the limit of the breaker, which also sees harm
 * that hits both arms, the third against entities that do not come in the shares that the weights say (a sample ratio
 * mismatch), since the first means nothing then. Together they stop a healthy challenger with probability at most their
 * shares of alpha over the whole rollout. The second assumes that an entity that comes fails with probability at most
 * `errorShareMax`, whatever failed before. None ever promotes.
 */
export function judgeLook(input: LookInput): LookJudgement {
  const { failures, assigned, challengerRows, challengerErrors, challengerUnits, challengerUnitFailures, rollout } =
    input;
  const logE = logEValue(failures, rollout.riskRatioMax);
  const boundary = boundaryOf(rollout.alpha, 'evidence');
  const breakerBoundary = boundaryOf(rollout.alpha, 'breaker');
  const championFailures = failures.reduce((sum, counts) => sum + counts.championFailures, 0);
  const challengerFailures = failures.reduce((sum, counts) => sum + counts.challengerFailures, 0);
  const errorShare = challengerRows === 0 ? 0 : challengerErrors / challengerRows;
  const { rowsMin, errorShareMax } = rollout.breaker;
  const logBreaker = logRateEValue(challengerUnits, challengerUnitFailures, errorShareMax);
  const isBroken = challengerRows >= rowsMin && isBeyondBoundary(logBreaker, 1 / breakerBoundary);
  const isProven = isBeyondBoundary(logE, 1 / boundary);
  const assignmentBoundary = boundaryOf(rollout.alpha, 'assignment');
  const logAssignment = logAssignmentEValue(assigned);
  const isMisassigned = isBeyondBoundary(logAssignment, 1 / assignmentBoundary);
  const stoppedBy = isMisassigned ? 'assignment' : isProven ? 'evidence' : isBroken ? 'breaker' : null;
  const eValue = storable(logE);
  const counted =
    `${sayMany(challengerFailures, 'entity', 'entities')} failed first with the challenger, ` +
    `${sayCount(championFailures)} with the champion`;
  const evidence =
    `evidence of more than ${sayNumber(rollout.riskRatioMax)} times the failures is ` +
    `${sayEvidence(eValue)} (stops at ${sayNumber(boundary)})`;
  const broken =
    `the challenger failed on ${sayShare(errorShare)} of ${sayMany(challengerRows, 'row')}; evidence of more than ` +
    `${sayShare(errorShareMax)} is ${sayEvidence(storable(logBreaker))} (stops at ${sayNumber(breakerBoundary)})`;
  const misassigned =
    `${sayAssigned(assigned)}; evidence that entities are missing or badly spread is ` +
    `${sayEvidence(storable(logAssignment))} (stops at ${sayNumber(assignmentBoundary)}): the arms cannot be compared`;
  const said = { assignment: misassigned, evidence: `${counted}; ${evidence}`, breaker: broken };
  const text = stoppedBy === null ? `Continues: ${counted}; ${evidence}.` : `Stopped: ${said[stoppedBy]}.`;
  return {
    verdict: stoppedBy === null ? 'continue' : 'stop',
    stoppedBy,
    logEValue: logE,
    eValue,
    boundary,
    breakerEValue: storable(logBreaker),
    breakerBoundary,
    assignmentEValue: storable(logAssignment),
    assignmentBoundary,
    championFailures,
    challengerFailures,
    text,
  };
}

/** `130 of 400 new entities belong to the challenger, where 40 should`. */
function sayAssigned(assigned: readonly AssignedCounts[]): string {
  const challenger = assigned.reduce((sum, counts) => sum + counts.challenger, 0);
  const entities = assigned.reduce((sum, counts) => sum + counts.challenger + counts.champion, 0);
  const expected = assigned.reduce((sum, counts) => sum + counts.weight * (counts.challenger + counts.champion), 0);
  const came = sayMany(entities, 'new entity', 'new entities');
  return `${sayCount(challenger)} of ${came} belong to the challenger, where ${sayCount(Math.round(expected))} should`;
}

/** Beyond a million nobody compares any more. */
function sayEvidence(eValue: number): string {
  return eValue > 1e6 ? 'more than a million' : sayNumber(eValue);
}

/** At most 1e300, so that it survives JSON. */
function storable(log: number): number {
  return Math.exp(Math.min(log, 690));
}
