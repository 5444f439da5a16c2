import type { Random } from '../../../src/statistics/numeric/random.ts';
import type { RolloutWorld } from './rollout-worlds.ts';

/** A row of traffic, as the log has it. */
export interface RampRow {
  readonly entity: number;
  readonly isChallenger: boolean;
  readonly hasFailed: boolean;
}

export interface RampTraffic {
  /** The next row at a weight. It is the same object each time, as millions of them are played: read it at once. */
  next(weight: number): RampRow;
}

/** Rows of a rollout. An entity keeps its place among all, and so its arm while the weight stays. */
export function createRampTraffic(world: RolloutWorld, random: Random, riskRatio: number): RampTraffic {
  const { entities, burstTimes, failureShare } = world;
  const places = Float64Array.from({ length: entities ?? 0 }, () => random.next());
  const proneness = Float64Array.from(places, () => -Math.log(1 - random.next()));
  const row = { entity: 0, isChallenger: false, hasFailed: false };
  let isBurst = false;
  let seq = 0;
  return {
    next(weight) {
      seq++;
      if (burstTimes > 1 && random.next() < (isBurst ? 1 / 50 : 1 / 450)) isBurst = !isBurst;
      const entity = entities === null ? seq : random.integer(entities);
      row.entity = entity;
      row.isChallenger = (entities === null ? random.next() : (places[entity] ?? 0)) < weight;
      const share =
        failureShare *
        (isBurst ? burstTimes : 1) *
        (entities === null ? 1 : (proneness[entity] ?? 1)) *
        (row.isChallenger ? riskRatio : 1);
      row.hasFailed = random.next() < Math.min(0.9, share);
      return row;
    },
  };
}
