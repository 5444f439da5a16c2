import type { Random } from '../../../statistics/numeric/random.ts';
import type { RowRange } from '../../interface.ts';

/** Enough that hardly one stays in its place; few enough that what neighbours share stays within one. */
const blocks = 20;

/**
 * The labels, with those of the range in another order: it is cut into twenty blocks of neighbouring rows, which change
 * their places. What a row says of its own label is gone; what a label says of the next one stays.
 */
export function shuffleBlocks(labels: Float64Array, { from, to }: RowRange, random: Random): Float64Array {
  const shuffled = labels.slice();
  const edgeOf = (block: number): number => from + Math.floor((block * (to - from)) / blocks);
  let at = from;
  for (const block of shuffledPlaces(random)) {
    shuffled.set(labels.subarray(edgeOf(block), edgeOf(block + 1)), at);
    at += edgeOf(block + 1) - edgeOf(block);
  }
  return shuffled;
}

function shuffledPlaces(random: Random): readonly number[] {
  return Array.from({ length: blocks }, (_, block) => ({ block, key: random.next() }))
    .toSorted((left, right) => left.key - right.key)
    .map(({ block }) => block);
}
