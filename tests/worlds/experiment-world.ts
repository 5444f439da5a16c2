import { compareCandidates, type Standing } from '../../src/domain/training/experiment/compare-candidates.ts';
import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';

/** Draws the losses of one row for all candidates; what came before is its own affair. */
export interface LossWorld {
  readonly name: string;
  readonly draw: (random: Random, candidates: number) => () => readonly number[];
}

/** Log losses of scores that are as far from the truth for each: skewed, now and then large. */
export const asLosses: LossWorld = {
  name: 'log losses of independent rows',
  draw: (random, candidates) => () => {
    const truth = random.normal() - 1;
    const label = random.next() < sigmoid(truth);
    return Array.from({ length: candidates }, () => logLoss(truth + random.normal(), label));
  },
};

/** Losses that remember each other by `memory` from row to row, what all share as well as what is one's own. */
function remembering(memory: number): LossWorld {
  return {
    name: `losses with a memory of ${memory}`,
    draw: (random, candidates) => {
      const fresh = Math.sqrt(1 - memory * memory);
      const state = Array.from({ length: candidates + 1 }, () => random.normal());
      return () => {
        for (const [at, value] of state.entries()) state[at] = memory * value + fresh * random.normal();
        const [all = 0, ...own] = state;
        return own.map((value) => 2 + all + value);
      };
    },
  };
}

/** Log losses whose errors last: a candidate that is wrong of one row is as wrong of the next. */
const lastingErrors: LossWorld = {
  name: 'log losses whose errors last',
  draw: (random, candidates) => {
    const errors = Array.from({ length: candidates }, () => random.normal());
    return () => {
      const truth = random.normal() - 1;
      const label = random.next() < sigmoid(truth);
      return errors.map((error, at) => {
        errors[at] = 0.8 * error + 0.6 * random.normal();
        return logLoss(truth + error, label);
      });
    };
  },
};

/** In each of them all candidates are equally good, row for row exchangeable. */
export const equalWorlds: readonly LossWorld[] = [asLosses, lastingErrors, remembering(0.5), remembering(0.8)];

/** One experiment of candidates `c1`, `c2`, …; the last one is worse by `harm` of a loss on every row. */
export function playExperiment(
  world: LossWorld,
  {
    candidates,
    rows,
    seed,
    harm = 0,
  }: { readonly candidates: number; readonly rows: number; readonly seed: string; readonly harm?: number },
): { readonly standings: readonly Standing[] } {
  const draw = world.draw(createRandom(`${world.name} ${seed}`), candidates);
  const losses = Array.from({ length: candidates }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row++)
    for (const [at, loss] of draw().entries()) {
      const own = losses[at];
      if (own !== undefined) own[row] = loss + (at === candidates - 1 ? harm : 0);
    }
  const named = losses.map((values, at) => ({
    name: `c${at + 1}`,
    values: { values, lowest: Math.min(...values), highest: Math.max(...values), swing: 'seen' as const, lean: 0 },
  }));
  return { standings: compareCandidates(named, -1) };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logLoss(logit: number, label: boolean): number {
  return Math.log1p(Math.exp(label ? -logit : logit));
}
