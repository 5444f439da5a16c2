import { addUnits, startAbTest } from '../../../src/domain/ab-test/add-units.ts';
import type { AbTestJudgement, AbTestPlan, AbTestUnit } from '../../../src/domain/ab-test/ab-test.ts';
import { judgeAbTest } from '../../../src/domain/ab-test/judge-ab-test.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { abTestPeers } from './ab-test-peers.ts';
import { armsOf, nameOf, type AbTestWorld } from './ab-test-worlds.ts';

export const alpha = 0.05;
export const looks = 40;

export interface PlayOptions {
  readonly plan: AbTestPlan;
  readonly units: number;
  readonly seed: string;
  /** Of each arm after the control. */
  readonly lifts?: readonly number[];
  /** Without it, scores are left out. */
  readonly hasScores?: boolean;
  /** Shares by which units truly come, and by which their outcomes are lost; as declared, and never, unless told. */
  readonly cameBy?: readonly number[];
  readonly lostBy?: readonly number[];
}

export interface PlayedAbTest {
  /** The first look that decides, or the last one; and the units at it. */
  readonly judged: AbTestJudgement;
  readonly units: number;
  /** Arms that were called better, and worse, at any look until then. */
  readonly better: ReadonlySet<string>;
  readonly worse: ReadonlySet<string>;
  /** Other rules that called any arm different, at any look of the whole A/B test. */
  readonly peers: ReadonlySet<string>;
}

export function sequentialPlan({ bounds, effectMin }: AbTestWorld, unitsMax: number): AbTestPlan {
  return {
    metric: 'outcome',
    direction: 'higher',
    bounds,
    effectMin,
    alpha,
    horizon: { kind: 'sequential', unitsMax },
  };
}

export function fixedPlan({ bounds, effectMin }: AbTestWorld, unitsPerArm: number): AbTestPlan {
  return { metric: 'outcome', direction: 'higher', bounds, effectMin, alpha, horizon: { kind: 'fixed', unitsPerArm } };
}

/** A whole A/B test, look by look, as the platform asks. */
export function playAbTest(world: AbTestWorld, options: PlayOptions): PlayedAbTest {
  const { plan, units, lifts = [], hasScores = true, cameBy = world.weights, lostBy = [] } = options;
  const random = createRandom(options.seed);
  const arms = armsOf(world);
  const assigned = arms.map(() => 0);
  const seen = { better: new Set<string>(), worse: new Set<string>(), peers: new Set<string>() };
  let state = startAbTest(arms);
  let found: { judged: AbTestJudgement; units: number } | null = null;
  let last = judgeAbTest(plan, state, []);
  for (let look = 1; look <= looks; look++) {
    const batch: AbTestUnit[] = [];
    for (let unit = 0; unit < units / looks; unit++) {
      const place = drawPlace(random.next(), cameBy);
      assigned[place] = (assigned[place] ?? 0) + 1;
      const { outcome, covariate } = world.draw(random, place === 0 ? 0 : (lifts[place - 1] ?? 0), look / looks);
      if (random.next() < (lostBy[place] ?? 0)) continue;
      batch.push({ arm: nameOf(place), outcome, covariate: hasScores ? covariate : null });
    }
    state = addUnits(state, plan, batch);
    for (const [name, isDifferent] of Object.entries(abTestPeers)) if (isDifferent(state, alpha)) seen.peers.add(name);
    if (found !== null) continue;
    const exposure = arms.map(({ arm }, place) => ({ arm, assigned: assigned[place] ?? 0 }));
    last = judgeAbTest(plan, state, exposure, look === looks);
    for (const { arm, verdict } of last.arms) if (verdict === 'better' || verdict === 'worse') seen[verdict].add(arm);
    if (last.verdict !== 'running') found = { judged: last, units: (look * units) / looks };
  }
  return { judged: found?.judged ?? last, units: found?.units ?? units, ...seen };
}

function drawPlace(at: number, shares: readonly number[]): number {
  let left = at * shares.reduce((sum, share) => sum + share, 0);
  for (const [place, share] of shares.entries()) {
    left -= share;
    if (left < 0) return place;
  }
  return shares.length - 1;
}
