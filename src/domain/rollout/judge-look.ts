import { isBeyondBoundary, logAssignmentEValue, logRateEValue } from '../../statistics/sequential/e-process.ts';
import type { AssignedCounts } from '../../statistics/sequential/e-process.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { boundaryOf } from './alpha-shares.ts';
import { judgeExcess, sayExcess, type ExcessJudgement } from './judge-excess.ts';
import { judgeFailures, sayFailures, type FailureEvidence, type FailuresSeen } from './judge-failures.ts';
import { stopRules, type StopRule } from './routing.ts';

export interface LookInput extends FailuresSeen {
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
  readonly rollout: StoppingPlan;
}

export type StoppingPlan = Pick<
  RolloutSpec,
  'alpha' | 'riskRatioMax' | 'breaker' | 'failures' | 'excessFailuresMax' | 'canary'
>;

export interface LookJudgement extends Omit<FailureEvidence, 'counts'> {
  readonly verdict: 'continue' | 'stop';
  readonly stoppedBy: StopRule | null;
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
  /** Null where the plan declares no limit. */
  readonly excess: ExcessJudgement | null;
  /** What the evidence counted, one entry per distinct weight. */
  readonly failures: FailureEvidence['counts'];
  readonly text: string;
}

/**
 * One look at a challenger. All rules are e-processes, so they may be looked at as often as one likes: evidence bets on
 * first failures of entities falling to its arm, the breaker against its limit, which also sees harm that hits both
 * arms, the assignment against entities that do not come in the shares that the weights say (a sample ratio mismatch),
 * since failures mean nothing then, and the excess of failures against what the plan allows. Together they
 * stop a healthy challenger with probability at most their shares of alpha over the whole rollout. The breaker assumes
 * that an entity that comes fails with probability at most `errorShareMax`, whatever failed before. None ever promotes.
 */
export function judgeLook(input: LookInput): LookJudgement {
  const { assigned, challengerRows, challengerErrors, challengerUnits, challengerUnitFailures, rollout } = input;
  const { rowsMin, errorShareMax } = rollout.breaker;
  const { counts, ...evidence } = judgeFailures(input, rollout);
  const excess = judgeExcess(input, rollout);
  const logBreaker = logRateEValue(challengerUnits, challengerUnitFailures, errorShareMax);
  const logAssignment = logAssignmentEValue(assigned);
  const isStoppedBy: Readonly<Record<StopRule, boolean>> = {
    assignment: isBeyond(rollout, 'assignment', logAssignment),
    evidence: isBeyond(rollout, 'evidence', evidence.logEValue),
    breaker: challengerRows >= rowsMin && isBeyond(rollout, 'breaker', logBreaker),
    excess: excess !== null && isBeyond(rollout, 'excess', excess.logEValue),
  };
  // Without the right assignment, the others mean nothing.
  const stoppedBy = stopRules.find((rule) => isStoppedBy[rule]) ?? null;
  const stopsAt = (rule: StopRule): number => boundaryOf(rollout, rule);
  const proof = sayFailures(input, rollout, sayStopping);
  const said = {
    evidence: () => proof,
    excess: () => (excess === null ? '' : sayExcess(excess)),
    breaker: () =>
      `the challenger failed on ${sayShare(challengerErrors / challengerRows)} of ${sayMany(challengerRows, 'row')}; ` +
      `evidence of more than ${sayShare(errorShareMax)} is ${sayStopping(logBreaker, stopsAt('breaker'))}`,
    assignment: () =>
      `${sayAssigned(assigned)}; evidence that entities are missing or badly spread is ` +
      `${sayStopping(logAssignment, stopsAt('assignment'))}: the arms cannot be compared`,
  };
  const limit = excess === null ? '' : `; ${sayExcess(excess)}`;
  return {
    verdict: stoppedBy === null ? 'continue' : 'stop',
    stoppedBy,
    ...evidence,
    eValue: storable(evidence.logEValue),
    boundary: stopsAt('evidence'),
    breakerEValue: storable(logBreaker),
    breakerBoundary: stopsAt('breaker'),
    assignmentEValue: storable(logAssignment),
    assignmentBoundary: stopsAt('assignment'),
    excess,
    failures: counts,
    text: stoppedBy === null ? `Continues: ${proof}${limit}.` : `Stopped: ${said[stoppedBy]()}.`,
  };
}

function isBeyond(plan: StoppingPlan, rule: StopRule, logE: number): boolean {
  return isBeyondBoundary(logE, 1 / boundaryOf(plan, rule));
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
function sayStopping(logE: number, boundary: number): string {
  const eValue = storable(logE);
  return `${eValue > 1e6 ? 'more than a million' : sayNumber(eValue)} (stops at ${sayNumber(boundary)})`;
}

/** At most 1e300, so that it survives JSON. */
function storable(log: number): number {
  return Math.exp(Math.min(log, 690));
}
