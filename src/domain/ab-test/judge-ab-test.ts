import { logSharesEValue } from '../../statistics/sequential/shares.ts';
import { compareArms, outcomesOf, sideAlphas, unitsOf } from './compare-arms.ts';
import type {
  ArmFigures,
  ArmJudgement,
  ArmState,
  ArmVerdict,
  AbTestJudgement,
  AbTestPlan,
  AbTestState,
  AbTestVerdict,
} from './ab-test.ts';
import { sayAbTest } from './say-ab-test.ts';

/** P(an A/B test whose units come in the shares of its weights is ever called broken), besides `alpha`. */
export const assignmentAlpha = 0.001;

/** Entities that came for the first time, with or without an outcome yet, by where they went. */
export interface ArmExposure {
  readonly arm: string;
  readonly assigned: number;
  /** It did harm and answers nobody any more: nothing is said of it, and it does not win. */
  readonly isStopped?: boolean;
}

/**
 * Which arm does best? With probability at least 1 - alpha every interval, of every arm and every look, holds the
 * truth, and whatever is said is read from the intervals. A winner is proven better than the control, and is the one
 * with the largest difference; before the end it is only called where, besides, no other arm can be better than it by
 * `effectMin` or more. The control wins where no arm is better by that much and at least one is worse. A fixed
 * horizon has one look: nothing is compared before it. A verdict other than `running` is final, and whoever asks again
 * afterwards has another error. `isEnded`: its deadline, known before it began, has passed.
 */
export function judgeAbTest(
  plan: AbTestPlan,
  state: AbTestState,
  exposure: readonly ArmExposure[],
  isEnded = false,
): AbTestJudgement {
  const [control, ...others] = state.arms;
  if (control === undefined || others.length === 0) throw new TypeError('An A/B test has a control and other arms.');
  const assignmentEValue = assignmentOf(state, exposure);
  const progress = progressOf(plan, state);
  const isOver = isEnded || progress >= 1;
  const isBroken = assignmentEValue >= 1 / assignmentAlpha;
  const isLookedAt = !isBroken && (isOver || plan.horizon.kind === 'sequential');
  const stopped = new Set(exposure.filter(({ isStopped = false }) => isStopped).map(({ arm }) => arm));
  const arms = others.map((arm) =>
    judgeArm(plan, state, { arm, control, isLookedAt: isLookedAt && !stopped.has(arm.arm) }),
  );
  const live = arms.filter(({ arm }) => !stopped.has(arm));
  const found = isLookedAt && live.length > 0 ? decide(plan, state, { control, arms: live, isOver }) : null;
  const said = {
    verdict: isBroken ? ('broken-assignment' as const) : (found?.verdict ?? 'running'),
    winner: found?.winner ?? null,
    control: figuresOf(state, control),
    arms,
    progress,
    assignmentEValue,
  };
  return { ...said, text: sayAbTest(plan, said, found?.rivals ?? []) };
}

interface OfArm {
  readonly arm: ArmState;
  readonly control: ArmState;
  readonly isLookedAt: boolean;
}

function judgeArm(plan: AbTestPlan, state: AbTestState, { arm, control, isLookedAt }: OfArm): ArmJudgement {
  const figures = figuresOf(state, arm);
  const sides = sideAlphas(plan.alpha, state.arms.length);
  const found = isLookedAt ? compareArms(plan, state, [arm, control], sides.control) : null;
  if (found === null)
    return { ...figures, difference: null, lower: null, upper: null, varianceCut: null, verdict: 'open' };
  const { difference, lower, upper, cut } = found;
  return { ...figures, difference, lower, upper, varianceCut: cut, verdict: verdictOf(lower, upper, plan.effectMin) };
}

function verdictOf(lower: number, upper: number, effectMin: number): ArmVerdict {
  if (lower > 0) return 'better';
  if (upper < 0) return 'worse';
  return lower > -effectMin && upper < effectMin ? 'no-different' : 'open';
}

interface Judged {
  readonly control: ArmState;
  readonly arms: readonly ArmJudgement[];
  readonly isOver: boolean;
}

interface Decided {
  readonly verdict: AbTestVerdict;
  readonly winner: string | null;
  /** Arms that may still be better than the winner by what matters. */
  readonly rivals: readonly string[];
}

function decide(plan: AbTestPlan, state: AbTestState, { control, arms, isOver }: Judged): Decided {
  const better = arms.filter(({ verdict }) => verdict === 'better');
  const best = better.reduce<ArmJudgement | null>(
    (most, one) => (most === null || (one.difference ?? 0) > (most.difference ?? 0) ? one : most),
    null,
  );
  if (best !== null) {
    const rivals = arms.filter((arm) => arm !== best && !isBeaten(plan, state, best, arm)).map(({ arm }) => arm);
    if (isOver || rivals.length === 0) return { verdict: 'winner', winner: best.arm, rivals };
    return { verdict: 'running', winner: null, rivals };
  }
  if (arms.every(({ verdict }) => verdict === 'no-different'))
    return { verdict: 'no-difference', winner: null, rivals: [] };
  if (arms.every(({ verdict }) => verdict === 'no-different' || verdict === 'worse'))
    return { verdict: 'winner', winner: control.arm, rivals: [] };
  return { verdict: isOver ? 'undecided' : 'running', winner: null, rivals: [] };
}

/** Whether an arm cannot be better than the best by what matters: by both against the control, or by the two alone. */
function isBeaten(plan: AbTestPlan, state: AbTestState, best: ArmJudgement, other: ArmJudgement): boolean {
  const [first, second] = [best, other].map(({ arm }) => state.arms.find((one) => one.arm === arm));
  if (first === undefined || second === undefined) return false;
  const apart = compareArms(plan, state, [first, second], sideAlphas(plan.alpha, state.arms.length).others);
  const byControl = best.lower === null || other.upper === null ? -Infinity : best.lower - other.upper;
  return Math.max(apart?.lower ?? -Infinity, byControl) > -plan.effectMin;
}

function figuresOf(state: AbTestState, arm: ArmState): ArmFigures {
  const { count, y } = outcomesOf(state, arm);
  return { arm: arm.arm, units: count, mean: count === 0 ? null : y };
}

function progressOf({ horizon }: AbTestPlan, { arms }: AbTestState): number {
  const units = arms.map(unitsOf);
  if (horizon.kind === 'fixed') return Math.min(1, Math.min(...units) / horizon.unitsPerArm);
  return Math.min(1, units.reduce((sum, count) => sum + count, 0) / horizon.unitsMax);
}

/**
 * Twice: entities as they come, and units whose outcome is known. The second finds what the first cannot: outcomes that
 * come, or go missing, depending on the arm.
 */
function assignmentOf({ arms }: AbTestState, exposure: readonly ArmExposure[]): number {
  const shares = arms.map(({ weight }) => weight);
  const assigned = arms.map(({ arm }) => exposure.find((one) => one.arm === arm)?.assigned ?? 0);
  const logs = [assigned, arms.map(unitsOf)].map((counts) => logSharesEValue(counts, shares));
  // The mean of two e-values is one.
  return Math.min(Number.MAX_VALUE, (Math.exp(logs[0] ?? 0) + Math.exp(logs[1] ?? 0)) / 2);
}
