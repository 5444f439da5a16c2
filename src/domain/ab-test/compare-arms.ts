import { studentTQuantile } from '../../statistics/distributions/student-quantile.ts';
import { adjustedDifference } from '../../statistics/samples/adjusted-difference.ts';
import { mergedMoments, type CoMoments } from '../../statistics/samples/co-moments.ts';
import { bernsteinReach } from '../../statistics/sequential/bernstein.ts';
import type { ArmState, AbTestPlan, AbTestState } from './ab-test.ts';

/** With several arms, so much of `alpha` for those against the control; the rest for those among each other. */
const controlShare = 0.8;

/** The error of one side of one interval, so that by the union bound all of them hold together with 1 - alpha. */
export interface SideAlphas {
  readonly control: number;
  readonly others: number;
}

export function sideAlphas(alpha: number, armCount: number): SideAlphas {
  const arms = armCount - 1;
  if (arms < 2) return { control: alpha / 2, others: 0 };
  return {
    control: (alpha * controlShare) / (2 * arms),
    others: (alpha * (1 - controlShare)) / (arms * (arms - 1)),
  };
}

/** One arm less another; positive is better. */
export interface ArmDifference {
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
  readonly cut: number;
}

/**
 * Two arms between bounds. Sequential: at every look at once, and at any number of units. Each unit's outcome, less
 * what was expected of it, is weighed by one over the share of its arm: on average that is the difference of the arms,
 * whatever the outcomes are, and `bernsteinReach` bounds it. Fixed: Student's t with Welch's degrees of freedom, after
 * the covariate, for one look; an approximation. Null while one of the arms has too few units to say anything.
 */
export function compareArms(
  plan: AbTestPlan,
  state: AbTestState,
  [first, second]: readonly [ArmState, ArmState],
  alpha: number,
): ArmDifference | null {
  const span = plan.bounds[1] - plan.bounds[0];
  const sign = plan.direction === 'higher' ? 1 : -1;
  const found = plan.horizon.kind === 'fixed' ? atOneLook : atEveryLook;
  const between = found({ plan, state, first, second, span, alpha });
  if (between === null || !Number.isFinite(between.reach)) return null;
  const difference = sign * between.difference;
  // No two means lie further apart than two outcomes may.
  return {
    difference,
    lower: Math.max(-span, difference - between.reach),
    upper: Math.min(span, difference + between.reach),
    cut: between.cut,
  };
}

interface Compared {
  readonly plan: AbTestPlan;
  readonly state: AbTestState;
  readonly first: ArmState;
  readonly second: ArmState;
  readonly span: number;
  readonly alpha: number;
}

interface Reached {
  readonly difference: number;
  readonly reach: number;
  readonly cut: number;
}

function atEveryLook({ plan, state, first, second, span, alpha }: Compared): Reached | null {
  if (unitsOf(first) === 0 || unitsOf(second) === 0 || plan.horizon.kind !== 'sequential') return null;
  const units = state.known.count + state.unknown.count;
  const squares = first.squares + second.squares;
  const scale = span / Math.min(first.weight, second.weight);
  const plain = [first, second].reduce((sum, arm) => sum + outcomesOf(state, arm).yy / arm.weight ** 2, 0);
  return {
    difference: (first.weighted - second.weighted) / units,
    reach: bernsteinReach(squares, { alpha, scale, termsTuned: plan.horizon.unitsMax }) / units,
    cut: plain === 0 ? 0 : Math.max(0, 1 - squares / plain),
  };
}

function atOneLook({ state, first, second, span, alpha }: Compared): Reached | null {
  const found = adjustedDifference(outcomesOf(state, first), outcomesOf(state, second), span);
  if (!(found.df > 0) || !Number.isFinite(found.standardError)) return null;
  return {
    difference: found.difference,
    reach: studentTQuantile(alpha, found.df) * found.standardError,
    cut: found.cut,
  };
}

/** A unit without a covariate counts with that of the mean unit of all arms: it moves no arm. */
export function outcomesOf({ known }: AbTestState, arm: ArmState): CoMoments {
  return mergedMoments(arm.known, { ...arm.unknown, x: known.x });
}

export function unitsOf({ known, unknown }: ArmState): number {
  return known.count + unknown.count;
}
