import { alphaShares } from '../../../src/domain/rollout/alpha-shares.ts';
import { judgeLook } from '../../../src/domain/rollout/judge-look.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import type { RolloutSpec } from '../../../src/domain/spec/spec.ts';
import { sayShare } from '../../../src/domain/words/say.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';

const weights = [0.1, 0.25, 0.5];
const lookRows = 500;
const alpha = defaultRollout('binary').alpha;
/** The evidence has less where failures are limited. */
const stopShare = alpha * (alphaShares.evidence + alphaShares.breaker);

interface ExcessWorld {
  /** Share of rows that fail with the champion, and how many times as many with the challenger at each step. */
  readonly failureShare: number;
  readonly ratios: readonly [number, number, number];
  readonly max: number;
  /** Rows of each step. */
  readonly stepRows: number;
  readonly entities: number | null;
}

const alike = [1, 1, 1] as const;
const usual = { ratios: alike, stepRows: 5_000, entities: null };

/**
 * A limit of failures beyond the champion's: versions that fail alike are stopped by it in its share of rollouts, where
 * a limit to the estimate would stop many; one whose failures are within what the other rules tolerate is stopped by
 * it in time, and not before it has cost that many.
 */
export function excessFigures(rollouts: number): readonly Figure[] {
  return [
    ...equalFigures({ ...usual, failureShare: 0.02, max: 20 }, rollouts),
    ...equalFigures({ ...usual, failureShare: 0.05, max: 10 }, rollouts),
    ...equalFigures({ ...usual, failureShare: 0.02, max: 5, entities: 400 }, rollouts),
    ...costlyFigures({ ...usual, failureShare: 0.04, ratios: [1.24, 1.24, 1.24], max: 50, stepRows: 40_000 }, rollouts),
    ...costlyFigures({ ...usual, failureShare: 0.02, ratios: [0.5, 1, 1.24], max: 20, stepRows: 20_000 }, rollouts, 0),
  ];
}

function equalFigures(world: ExcessWorld, rollouts: number): readonly Figure[] {
  const played = playAll(world, rollouts);
  const who = world.entities === null ? '' : `, ${world.entities} entities`;
  const what = `excess: equal versions that fail on ${sayShare(world.failureShare)}${who}, ${world.max} allowed`;
  const pointed = played.filter(({ isPointed }) => isPointed).length;
  return [
    atMost(
      `${what}: stopped by any rule`,
      count(played, ({ by }) => by !== null),
      rollouts,
      stopShare,
    ),
    beside(`${what}: stopped when the estimate reaches them`, pointed, rollouts),
  ];
}

function costlyFigures(world: ExcessWorld, rollouts: number, least = 0.9): readonly Figure[] {
  const played = playAll(world, rollouts);
  const [first, , last] = world.ratios;
  const ratio = first === last ? `${last}` : `first ${first}, at last ${last}`;
  const what = `excess: ${ratio} times ${sayShare(world.failureShare)} failures, ${world.max} allowed`;
  const isEarly = ({ by, cost }: Played): boolean => by === 'excess' && cost < world.max;
  return [
    atMost(`${what}: stopped before it has cost them`, count(played, isEarly), rollouts, alpha * alphaShares.excess),
    ...(least === 0
      ? []
      : [
          atLeast(
            `${what}: stopped by it`,
            count(played, ({ by }) => by === 'excess'),
            rollouts,
            least,
          ),
        ]),
    beside(`${what}: stopped after it has cost more than four times as many`, count(played, isLate(world)), rollouts),
  ];
}

const isLate =
  ({ max }: ExcessWorld) =>
  ({ by, cost }: Played): boolean =>
    by === 'excess' && cost > 4 * max;

interface Played {
  readonly by: string | null;
  /** Failures beyond the champion's that were to be expected until it was stopped. */
  readonly cost: number;
  /** Whether the estimate reached the limit at any look. */
  readonly isPointed: boolean;
}

function playAll(world: ExcessWorld, rollouts: number): readonly Played[] {
  return Array.from({ length: rollouts }, (_, run) => play(world, `excess ${JSON.stringify(world)} ${run}`));
}

function play(world: ExcessWorld, seed: string): Played {
  const random = createRandom(seed);
  const plan: RolloutSpec = {
    ...defaultRollout('binary'),
    canary: weights.map((weight) => ({ percent: 100 * weight, extent: { rows: world.stepRows } })),
    excessFailuresMax: world.max,
  };
  const failures = weights.map((weight) => ({ weight, championFailures: 0, challengerFailures: 0 }));
  const places = Float64Array.from({ length: world.entities ?? 0 }, () => random.next());
  const failed = new Set<number>();
  let [cost, isPointed] = [0, false];
  let [challengerRows, challengerErrors] = [0, 0];
  for (const [at, step] of failures.entries())
    for (let row = 1; row <= world.stepRows; row++) {
      const entity = world.entities === null ? null : random.integer(world.entities);
      const isChallenger = (entity === null ? random.next() : (places[entity] ?? 0)) < step.weight;
      const ratio = isChallenger ? (world.ratios[at] ?? 1) : 1;
      const hasFailed = random.next() < world.failureShare * ratio;
      cost += world.failureShare * (ratio - 1);
      if (isChallenger) challengerRows++;
      if (isChallenger && hasFailed) challengerErrors++;
      const isFirst = hasFailed && (entity === null || !failed.has(entity));
      if (isFirst && entity !== null) failed.add(entity);
      if (isFirst) step[isChallenger ? 'challengerFailures' : 'championFailures']++;
      if (row % lookRows !== 0) continue;
      const units = { challengerUnits: challengerRows, challengerUnitFailures: challengerErrors };
      const look = judgeLook({ failures, assigned: [], challengerRows, challengerErrors, ...units, rollout: plan });
      isPointed ||= (look.excess?.estimate ?? 0) >= world.max;
      if (look.verdict === 'stop') return { by: look.stoppedBy, cost, isPointed };
    }
  return { by: null, cost, isPointed };
}

function count(played: readonly Played[], isOne: (played: Played) => boolean): number {
  return played.filter(isOne).length;
}
