import { expect, test } from 'vitest';
import { createRandom, type Random } from '../numeric/random.ts';
import { ascendingOrder } from './ranking.ts';

/** What an order is, by comparing alone. */
function byDefinition(scores: readonly number[]): readonly number[] {
  const at = (row: number): number => (Number.isNaN(scores[row]) ? Infinity : (scores[row] ?? Infinity));
  return scores.map((_, row) => row).toSorted((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : a - b));
}

const odd = [0, -0, Infinity, -Infinity, Number.NaN, -Number.MIN_VALUE, Number.MIN_VALUE, -1, 1, 1 + Number.EPSILON];
const draws: readonly (readonly [string, (random: Random) => number])[] = [
  ['probabilities', (random) => random.next()],
  ['many ties', (random) => random.integer(7) / 7],
  ['of both signs and all sizes', (random) => random.normal() * 10 ** (random.integer(600) - 300)],
  ['that end or do not exist', (random) => odd[random.integer(odd.length)] ?? 0],
];

// Below 512 rows they are compared, from there on dealt.
test.each(draws.flatMap(([what, draw]) => [0, 1, 511, 512, 5_000].map((rows) => [what, rows, draw] as const)))(
  'scores %s, %i rows: ascending, ties in row order, NaN last',
  (what, rows, draw) => {
    const random = createRandom(`${what} ${rows}`);
    const scores = Array.from({ length: rows }, () => draw(random));
    expect([...ascendingOrder(scores)]).toEqual(byDefinition(scores));
    expect([...ascendingOrder(Float64Array.from(scores))]).toEqual(byDefinition(scores));
  },
);
