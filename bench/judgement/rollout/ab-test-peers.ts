import { outcomesOf } from '../../../src/domain/ab-test/compare-arms.ts';
import type { AbTestState } from '../../../src/domain/ab-test/ab-test.ts';
import { normalQuantile } from '../../../src/statistics/distributions/normal.ts';
import type { CoMoments } from '../../../src/statistics/samples/co-moments.ts';

/** Whether a rule calls any arm different from the control at this look. */
export type AbTestPeer = (state: AbTestState, alpha: number) => boolean;

const unitsMin = 100;
const tunedUnits = 5_000;

export const abTestPeers: Readonly<Record<string, AbTestPeer>> = {
  // A two-sample test at every look, two-sided, alpha shared among the arms (Bonferroni), from 100 units an arm on.
  't-test at every look': (state, alpha) =>
    differencesOf(state).some(
      ({ difference, error }) => Math.abs(difference) > -normalQuantile(alpha / state.arms.length / 2) * error,
    ),
  // GrowthBook, sequential testing: an asymptotic confidence sequence (arXiv 2103.06476) tuned to 5,000 units.
  'as GrowthBook': (state, alpha) =>
    differencesOf(state).some(({ difference, error, units }) => Math.abs(difference) > error * width(units, alpha)),
};

function differencesOf({ arms, ...state }: AbTestState) {
  const [control, ...others] = arms.map((arm) => outcomesOf({ arms, ...state }, arm));
  if (control === undefined || control.count < unitsMin) return [];
  return others
    .filter(({ count }) => count >= unitsMin)
    .map((arm) => ({
      difference: arm.y - control.y,
      error: Math.sqrt(squareOf(arm) + squareOf(control)),
      units: arm.count + control.count,
    }))
    .filter(({ error }) => error > 0);
}

function squareOf({ count, yy }: CoMoments): number {
  return yy / (count - 1) / count;
}

/** In standard errors; `alpha` two-sided. */
function width(units: number, alpha: number): number {
  const level = -2 * Math.log(alpha);
  const rho2 = (level + Math.log(level + 1)) / tunedUnits;
  const growth = units * rho2 + 1;
  return Math.sqrt(((2 * growth) / (units * rho2)) * Math.log(Math.sqrt(growth) / alpha));
}
