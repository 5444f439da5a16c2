import { noMoments, withPair, type CoMoments } from '../../statistics/samples/co-moments.ts';
import type { ArmState, ArmWeight, AbTestPlan, AbTestState, AbTestUnit } from './ab-test.ts';

/** So many units with a covariate, of all arms, before outcomes are expected by it. */
const covariateFrom = 30;

/** Before the first unit; the control comes first. */
export function startAbTest(arms: readonly ArmWeight[]): AbTestState {
  const all = arms.reduce((sum, { weight }) => sum + weight, 0);
  return {
    arms: arms.map(({ arm, weight }) => ({
      arm,
      weight: weight / all,
      known: noMoments,
      unknown: noMoments,
      weighted: 0,
      squares: 0,
    })),
    known: noMoments,
    unknown: noMoments,
  };
}

/**
 * The state with more units, in the order in which they were first exposed. What is expected of an outcome is fitted on
 * the units before it, of all arms together, and knows nothing of its arm: only so its share of error is exact. Units
 * of unknown arms, and outcomes that are no number, are faults of the caller: leaving them out here could depend on
 * the arm.
 */
export function addUnits(
  state: AbTestState,
  { bounds: [lowest, highest] }: Pick<AbTestPlan, 'bounds'>,
  units: readonly AbTestUnit[],
): AbTestState {
  const places = new Map(state.arms.map(({ arm }, place) => [arm, place]));
  const arms: ArmState[] = [...state.arms];
  let { known, unknown } = state;
  for (const { arm, outcome, covariate } of units) {
    const place = places.get(arm);
    const before = place === undefined ? undefined : arms[place];
    if (place === undefined || before === undefined) throw new TypeError(`The A/B test has no arm "${arm}".`);
    if (Number.isNaN(outcome)) throw new TypeError(`A unit of arm "${arm}" has no outcome: leave it out by itself.`);
    const y = Math.min(highest, Math.max(lowest, outcome));
    const x = covariate !== null && Number.isFinite(covariate) ? covariate : null;
    const expected = expectedOutcome({ known, unknown }, x) ?? (lowest + highest) / 2;
    const surprise = (y - Math.min(highest, Math.max(lowest, expected))) / before.weight;
    // Named one by one: two copies of the arm a unit would be most of what a unit costs.
    arms[place] = {
      arm,
      weight: before.weight,
      known: x === null ? before.known : withPair(before.known, x, y),
      unknown: x === null ? withPair(before.unknown, 0, y) : before.unknown,
      weighted: before.weighted + surprise,
      squares: before.squares + surprise * surprise,
    };
    if (x === null) unknown = withPair(unknown, 0, y);
    else known = withPair(known, x, y);
  }
  return { arms, known, unknown };
}

/** By a line through the units with a covariate; the mean of those without, for those without. Null before any. */
function expectedOutcome({ known, unknown }: Pick<AbTestState, 'known' | 'unknown'>, x: number | null) {
  if (x === null) return meanOf(unknown) ?? meanOf(known);
  const slope = known.count < covariateFrom || known.xx === 0 ? 0 : known.xy / known.xx;
  const mean = meanOf(known);
  return mean === null ? meanOf(unknown) : mean + slope * (x - known.x);
}

function meanOf({ count, y }: CoMoments): number | null {
  return count === 0 ? null : y;
}
