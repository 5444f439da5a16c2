import { assignmentAlpha } from '../../../src/domain/ab-test/judge-ab-test.ts';
import { planAbTest } from '../../../src/domain/ab-test/plan-ab-test.ts';
import { sayCount, sayShare } from '../../../src/domain/words/say.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { momentsOf } from '../../../src/statistics/samples/paired.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';
import { abTestHarmFigures } from './ab-test-harm.ts';
import { abTestPeers } from './ab-test-peers.ts';
import { armsOf, equalWorlds, strongScore, threeArms, weakScore, type AbTestWorld } from './ab-test-worlds.ts';
import { alpha, fixedPlan, looks, playAbTest, sequentialPlan, type PlayedAbTest } from './play-ab-test.ts';

const units = 6_000;
const power = 0.8;

/**
 * A/B tests whose arms are alike in any way, over all looks: no arm is called different; arms that differ are found
 * within the units that the forecast names; what is within `effectMin`, or best, is called so rightly; and arms that do
 * not come as declared.
 */
export function abTestFigures(runs: number): readonly Figure[] {
  return [
    ...equalWorlds.flatMap((world) => equalFigures(world, runs)),
    ...[strongScore, weakScore].flatMap((world) => powerFigures(world, runs)),
    ...claimFigures(runs),
    ...assignmentFigures(runs),
    ...abTestHarmFigures(runs),
  ];
}

function equalFigures(world: AbTestWorld, runs: number): readonly Figure[] {
  const what = `ab-test, ${world.name}: equal arms`;
  const sequential = playAll(runs, what, (seed) =>
    playAbTest(world, { plan: sequentialPlan(world, units), units, seed }),
  );
  const unitsPerArm = Math.floor((units * 0.9 * Math.min(...world.weights)) / sumOf(world.weights));
  const fixed = playAll(runs, what, (seed) => playAbTest(world, { plan: fixedPlan(world, unitsPerArm), units, seed }));
  const isFalse = ({ better, worse }: PlayedAbTest): boolean => better.size + worse.size > 0;
  return [
    atMost(`${what}, any called different at any of ${looks} looks`, countOf(sequential, isFalse), runs, alpha),
    atMost(`${what}, any called different at a fixed horizon`, countOf(fixed, isFalse), runs, alpha),
    ...Object.keys(abTestPeers).map((name) =>
      beside(
        `${what}, ${name}`,
        countOf(sequential, ({ peers }) => peers.has(name)),
        runs,
      ),
    ),
  ];
}

/** Within the units that the forecast names; and what the score saves. */
function powerFigures(world: AbTestWorld, runs: number): readonly Figure[] {
  const lifts = [world.effectMin];
  const [variance, left] = [false, true].map((hasScores) => spreadOf(world, hasScores));
  const spread = { variance: variance ?? 0, varianceCut: 1 - (left ?? 0) / (variance ?? 1) };
  return (['sequential', 'fixed'] as const).flatMap((kind) => {
    const planned = (of: typeof spread) => {
      // Bets are tuned to the units that are planned, so both are looked for together.
      let most = units;
      for (let round = 0; round < 5; round++) most = planAbTest(planOf(most), of, 0, armsOf(world)).unitsNeeded ?? most;
      return most;
    };
    const planOf = (most: number) =>
      kind === 'fixed' ? fixedPlan(world, Math.ceil(most / 2)) : sequentialPlan(world, most);
    const [needed, without] = [planned(spread), planned({ ...spread, varianceCut: 0 })];
    const what = `ab-test, ${world.name}: better by ${world.effectMin}`;
    // Until the smaller of two arms has its half, a few more must come.
    const extra = kind === 'fixed' ? 1.1 : 1;
    const options = { plan: planOf(needed), units: Math.ceil((needed * extra) / looks) * looks, lifts };
    const played = playAll(runs, what, (seed) => playAbTest(world, { ...options, seed }));
    const plain = playAll(runs, what, (seed) => playAbTest(world, { ...options, seed, hasScores: false }));
    const isFound = ({ judged }: PlayedAbTest): boolean => judged.winner === 'B';
    const said =
      `${what}, ${kind}, found within the ${sayCount(needed)} units of the forecast (${sayCount(without)} without ` +
      `the score, which takes ${sayShare(spread.varianceCut)} of the variance)`;
    return [
      atLeast(said, countOf(played, isFound), runs, power),
      beside(`${what}, ${kind}, found on as many units without the score`, countOf(plain, isFound), runs),
      ...(kind === 'sequential'
        ? [
            beside(
              `${what}, on as many units, as GrowthBook`,
              countOf(plain, ({ peers }) => peers.has('as GrowthBook')),
              runs,
            ),
          ]
        : []),
    ];
  });
}

function claimFigures(runs: number): readonly Figure[] {
  const { effectMin } = threeArms;
  const plan = sequentialPlan(threeArms, units);
  const play = (lifts: readonly number[], what: string) =>
    playAll(runs, what, (seed) => playAbTest(threeArms, { plan, units, lifts, seed }));
  const atLimit = play([effectMin, effectMin], 'limit');
  const behind = play([effectMin, 2 * effectMin], 'behind');
  const worse = play([-effectMin, 0], 'worse');
  return [
    atMost(
      'ab-test, 3 arms: two differ by exactly effectMin, no difference',
      countOf(atLimit, ({ judged }) => judged.verdict === 'no-difference'),
      runs,
      alpha,
    ),
    atMost(
      'ab-test, 3 arms: an arm wins, and none better by effectMin, though one is',
      countOf(behind, ({ judged }) => judged.winner === 'B' && judged.text.includes('no arm is better')),
      runs,
      alpha,
    ),
    atMost(
      'ab-test, 3 arms: one is worse, called better',
      countOf(worse, ({ better }) => better.has('B')),
      runs,
      alpha,
    ),
  ];
}

function assignmentFigures(runs: number): readonly Figure[] {
  const plan = sequentialPlan(threeArms, units);
  const broken = (
    options: { readonly cameBy?: readonly number[]; readonly lostBy?: readonly number[] },
    what: string,
  ) =>
    countOf(
      playAll(runs, what, (seed) => playAbTest(threeArms, { plan, units, seed, ...options })),
      ({ judged }) => judged.verdict === 'broken-assignment',
    );
  return [
    atMost('ab-test, 3 arms: as declared, called broken', broken({}, 'sound'), runs, assignmentAlpha),
    atLeast('ab-test, 3 arms: a quarter more units in one, found', broken({ cameBy: [1, 1, 1.25] }, 'more'), runs, 0.9),
    atLeast(
      'ab-test, 3 arms: a fifth of the outcomes of one lost, found',
      broken({ lostBy: [0, 0, 0.2] }, 'lost'),
      runs,
      0.9,
    ),
  ];
}

/** Of one unit's outcome, as it is or less what the score says of it. */
function spreadOf(world: AbTestWorld, hasScores: boolean): number {
  const random = createRandom('spread');
  const drawn = Array.from({ length: 50_000 }, () => world.draw(random, 0, 0));
  const y = momentsOf(drawn.map(({ outcome }) => outcome));
  if (!hasScores) return y.variance;
  const x = momentsOf(drawn.map(({ covariate }) => covariate ?? 0));
  const together = sumOf(drawn.map(({ outcome, covariate }) => (outcome - y.mean) * ((covariate ?? 0) - x.mean)));
  return y.variance - (together / (drawn.length - 1)) ** 2 / x.variance;
}

function playAll(runs: number, what: string, play: (seed: string) => PlayedAbTest): readonly PlayedAbTest[] {
  return Array.from({ length: runs }, (_, run) => play(`${what} ${run}`));
}

function countOf(played: readonly PlayedAbTest[], isOne: (played: PlayedAbTest) => boolean): number {
  return played.filter(isOne).length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
