import type { LookInput } from '../../../src/domain/rollout/judge-look.ts';
import type { ArmCounts } from './peer-rules.ts';
import type { RampRow } from './ramp-traffic.ts';

export interface RampCounts {
  /** A row of a step of the ramp, at its position, 1 for the first one of all. */
  add(row: RampRow, step: number, seq: number): void;
  look(): Omit<LookInput, 'rollout'>;
  arms(): ArmCounts;
}

/** The breaker counts an entity once in so many rows. */
const unitRows = 500;

/**
 * What the platform counts from its log: first failures of entities, entities by arm, units of the breaker. Entities
 * are numbers below `entitiesMax`.
 */
export function createRampCounts(weights: readonly number[], entitiesMax: number): RampCounts {
  const failures = weights.map((weight) => ({ weight, championFailures: 0, challengerFailures: 0 }));
  const assigned = weights.map((weight) => ({ weight, champion: 0, challenger: 0 }));
  const [known, failed] = [new Uint8Array(entitiesMax), new Uint8Array(entitiesMax)];
  /** The stretch in which an entity was counted last, plus one; 0 for none. */
  const lastUnit = new Uint32Array(entitiesMax);
  let [championRows, championErrors, challengerRows, challengerErrors] = [0, 0, 0, 0];
  let [challengerUnits, challengerUnitFailures] = [0, 0];
  return {
    add({ entity, isChallenger, hasFailed }, step, seq) {
      if (known[entity] === 0) {
        known[entity] = 1;
        const counts = assigned[step];
        if (counts !== undefined) counts[isChallenger ? 'challenger' : 'champion']++;
      }
      if (hasFailed && failed[entity] === 0) {
        failed[entity] = 1;
        const counts = failures[step];
        if (counts !== undefined) counts[isChallenger ? 'challengerFailures' : 'championFailures']++;
      }
      if (!isChallenger) {
        championRows++;
        if (hasFailed) championErrors++;
        return;
      }
      challengerRows++;
      if (hasFailed) challengerErrors++;
      const stretch = Math.ceil(seq / unitRows);
      if (lastUnit[entity] === stretch) return;
      lastUnit[entity] = stretch;
      challengerUnits++;
      if (hasFailed) challengerUnitFailures++;
    },
    look: () => ({
      failures,
      assigned,
      challengerRows,
      challengerErrors,
      challengerUnits,
      challengerUnitFailures,
    }),
    arms: () => ({ championRows, championErrors, challengerRows, challengerErrors }),
  };
}
