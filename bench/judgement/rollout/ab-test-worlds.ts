import type { ArmWeight, AbTestPlan } from '../../../src/domain/ab-test/ab-test.ts';
import type { Random } from '../../../src/statistics/numeric/random.ts';
import { logistic } from '../../../tests/worlds/paired-world.ts';

/** Units that come one by one; `lift` is how much better the mean outcome of the first arm after the control is. */
export interface AbTestWorld {
  readonly name: string;
  readonly bounds: AbTestPlan['bounds'];
  readonly effectMin: number;
  readonly weights: readonly number[];
  /** `progress` 0..1: what comes late may differ from what comes early, for all arms alike. */
  readonly draw: (random: Random, lift: number, progress: number) => Drawn;
}

interface Drawn {
  readonly outcome: number;
  readonly covariate: number | null;
}

export function armsOf({ weights }: AbTestWorld): readonly ArmWeight[] {
  return weights.map((weight, place) => ({ arm: nameOf(place), weight }));
}

export function nameOf(place: number): string {
  return String.fromCodePoint(65 + place);
}

const hit = (random: Random, share: number): number => (random.next() < share ? 1 : 0);

/** Never surer than this, so that the lift adds to all shares in full. */
const sureMost = 0.9;

/** Shares are what a score says they are. */
const scored =
  (centre: number, spread: number) =>
  (random: Random, lift: number): Drawn => {
    const score = sureMost * logistic(centre + spread * random.normal());
    return { outcome: hit(random, score + lift), covariate: score };
  };

/** Most spend a little, few a lot; a score knows half of how much. */
function spent(random: Random, lift: number): Drawn {
  const known = random.normal();
  return { outcome: Math.min(100, Math.exp(0.8 * known + 0.8 * random.normal())) + lift, covariate: Math.exp(known) };
}

/** Nearly all gain 1; of rare ones all is lost. */
function rarelyLost(random: Random, lift: number): Drawn {
  return { outcome: (random.next() < 0.005 ? -100 : 1) + lift, covariate: random.normal() };
}

/** Twice as many positives at the end as at the beginning, and every third score is missing, or is no number. */
function drifting(random: Random, lift: number, progress: number): Drawn {
  const missing = random.next();
  const score = 0.1 * (1 + progress) + 0.05 * random.normal();
  return {
    outcome: hit(random, 0.1 * (1 + progress) + lift),
    covariate: missing < 0.2 ? null : missing < 0.3 ? Number.NaN : score,
  };
}

const share = { bounds: [0, 1] as const };

export const strongScore: AbTestWorld = {
  ...share,
  name: '30 % positives, a score that knows them',
  effectMin: 0.05,
  weights: [1, 1],
  draw: scored(-2, 3),
};
export const weakScore: AbTestWorld = {
  ...share,
  name: '30 % positives, a score that knows little',
  effectMin: 0.05,
  weights: [1, 1],
  draw: scored(-0.85, 0.2),
};
export const threeArms: AbTestWorld = { ...weakScore, name: '30 % positives, 3 arms', weights: [1, 1, 1] };
export const equalWorlds: readonly AbTestWorld[] = [
  strongScore,
  threeArms,
  { ...weakScore, name: '30 % positives, 6 arms', weights: [1, 1, 1, 1, 1, 1] },
  { ...share, name: '2 % positives', effectMin: 0.01, weights: [1, 1], draw: scored(-4.2, 0.8) },
  {
    ...share,
    name: '2 % positives, shares of 80, 10, 10',
    effectMin: 0.01,
    weights: [8, 1, 1],
    draw: scored(-4.2, 0.8),
  },
  {
    ...share,
    name: 'no outcome ever differs',
    effectMin: 0.01,
    weights: [1, 1],
    draw: () => ({ outcome: 0, covariate: 0 }),
  },
  { name: 'heavy tails', bounds: [0, 100], effectMin: 0.3, weights: [1, 1, 1], draw: spent },
  { name: 'heavy tails, shares of 90, 10', bounds: [0, 100], effectMin: 0.3, weights: [9, 1], draw: spent },
  { name: 'rare large losses, shares of 90, 10', bounds: [-100, 1], effectMin: 0.5, weights: [9, 1], draw: rarelyLost },
  { ...share, name: 'a level that doubles', effectMin: 0.03, weights: [1, 2], draw: drifting },
];
