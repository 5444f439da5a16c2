import { createRandom as createStream } from '../src/statistics/numeric/random.ts';

/** The draws that a world of people needs, over one seeded stream. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Integer in [0, below). */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** `median` times exp(sigma z). */
  lognormal(median: number, sigma: number): number;
  /** Exponential with the given mean, in its unit. */
  exponential(mean: number): number;
  chance(probability: number): boolean;
  /** Count from 1 to about twice the mean (>= 1), all equally likely. */
  countAround(mean: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** One named stream per purpose, so that a change in one part (more rings, say) does not reshuffle every other draw. */
export function createRandom(seed: number, purpose: string): Random {
  const stream = createStream(seed).fork(purpose);
  const uniform = () => stream.next();
  return {
    uniform,
    integer: (below) => stream.integer(below),
    normal: () => stream.normal(),
    lognormal: (median, sigma) => median * Math.exp(sigma * stream.normal()),
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    chance: (probability) => uniform() < probability,
    countAround: (mean) => 1 + Math.floor(uniform() * (2 * mean - 1)),
    pick: (items) => items[stream.integer(items.length)] ?? items[0],
  };
}
