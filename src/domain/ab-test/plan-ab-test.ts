import { normalQuantile } from '../../statistics/distributions/normal.ts';
import { unseen } from '../../statistics/samples/adjusted-difference.ts';
import { bernsteinReach } from '../../statistics/sequential/bernstein.ts';
import { sayCount, sayNumber, sayShare } from '../words/say.ts';
import { sideAlphas } from './compare-arms.ts';
import type { ArmWeight, AbTestPlan } from './ab-test.ts';

/** With which a difference is found that is as large as is said. */
export const abTestPower = 0.8;
const unitsMost = 1e10;

/** How widely outcomes of one arm spread, and the share of that which the covariate takes away, 0..1. */
export interface OutcomeSpread {
  readonly variance: number;
  readonly varianceCut?: number;
}

export interface AbTestForecast {
  /** Units of all arms, and of the smallest, until a difference of `effectMin` is found; null where no number does. */
  readonly unitsNeeded: number | null;
  readonly unitsPerArmNeeded: number | null;
  readonly daysNeeded: number | null;
  /** The smallest difference that is found by the end of the horizon. */
  readonly detectableDifference: number;
  readonly text: string;
}

/**
 * What an A/B test will see, before it starts: the units until an arm that is better by `effectMin` is called better
 * in four cases of five, and the difference that is seen by its end. For the smallest arm; nearly normal means of
 * independent units are assumed here, and nowhere else.
 */
export function planAbTest(
  plan: AbTestPlan,
  spread: OutcomeSpread,
  unitsPerDay: number,
  arms: readonly ArmWeight[],
): AbTestForecast {
  const seen = (units: number): number => detectable(plan, spread, arms, units);
  const shares = sharesOf(arms);
  const least = Math.min(...shares);
  const unitsNeeded = leastUnits((units) => seen(units) <= plan.effectMin);
  const { horizon } = plan;
  const unitsPlanned = horizon.kind === 'fixed' ? Math.ceil(horizon.unitsPerArm / least) : horizon.unitsMax;
  const detectableDifference = seen(unitsPlanned);
  const unitsPerArmNeeded = unitsNeeded === null ? null : Math.ceil(unitsNeeded * least);
  const daysNeeded = unitsNeeded === null || unitsPerDay <= 0 ? null : unitsNeeded / unitsPerDay;
  const found = { unitsNeeded, unitsPerArmNeeded, daysNeeded, detectableDifference };
  return { ...found, text: sayForecast(plan, found, unitsPlanned) };
}

function detectable(
  { alpha, bounds, horizon }: AbTestPlan,
  { variance, varianceCut = 0 }: OutcomeSpread,
  arms: readonly ArmWeight[],
  units: number,
): number {
  const shares = sharesOf(arms);
  const pair = [shares[0] ?? 0, Math.min(...shares.slice(1))];
  const span = bounds[1] - bounds[0];
  const left = variance * (1 - varianceCut);
  const sum = (of: (share: number) => number): number => pair.reduce((all, share) => all + of(share), 0);
  const error = Math.sqrt(sum((share) => left / (share * units)));
  const side = sideAlphas(alpha, arms.length).control;
  const widened = Math.sqrt(error ** 2 + sum((share) => unseen * (span / (share * units)) ** 2));
  const reach =
    horizon.kind === 'fixed'
      ? -normalQuantile(side) * widened
      : bernsteinReach(
          sum((share) => (left * units) / share),
          { alpha: side, scale: span / Math.min(...pair), termsTuned: horizon.unitsMax },
        ) / units;
  return reach + normalQuantile(abTestPower) * error;
}

function sharesOf(arms: readonly ArmWeight[]): readonly number[] {
  const all = arms.reduce((sum, { weight }) => sum + weight, 0);
  return arms.map(({ weight }) => weight / all);
}

/** What is seen on some units is seen on more of them. */
function leastUnits(isSeen: (units: number) => boolean): number | null {
  let high = 2;
  while (!isSeen(high)) {
    high *= 2;
    if (high > unitsMost) return null;
  }
  let low = high / 2;
  while (high - low > Math.max(1, low / 1_000)) {
    const middle = Math.round((low + high) / 2);
    if (isSeen(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function sayForecast(
  { metric, effectMin, alpha }: AbTestPlan,
  { unitsNeeded, unitsPerArmNeeded, daysNeeded, detectableDifference }: Omit<AbTestForecast, 'text'>,
  unitsPlanned: number,
): string {
  const often = `in ${sayShare(abTestPower)} of such A/B tests, with an error of ${sayShare(alpha)} ` + 'over all arms';
  const planned =
    `By its end, ${sayCount(unitsPlanned)} units, it finds a difference of ${sayNumber(detectableDifference)} ` +
    'as often.';
  if (unitsNeeded === null || unitsPerArmNeeded === null)
    return `${metric}: no number of units finds a difference of ${sayNumber(effectMin)} ${often}. ${planned}`;
  const days = daysNeeded === null ? '' : `, ${sayNumber(Math.ceil(10 * daysNeeded) / 10)} days at this traffic`;
  const enough = unitsNeeded <= unitsPlanned ? '' : ' It is planned for fewer: raise its horizon or `effectMin`.';
  return (
    `${metric}: an arm that is better by ${sayNumber(effectMin)} is found within ${sayCount(unitsNeeded)} units ` +
    `(${sayCount(unitsPerArmNeeded)} of the smallest arm${days}) ${often}. ${planned}${enough}`
  );
}
