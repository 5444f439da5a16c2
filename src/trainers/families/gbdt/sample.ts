/** What a draw is for: rows and columns of one tree are drawn apart. */
export type DrawFor = 'rows' | 'columns';

const streams: Record<DrawFor, number> = { rows: 0x243f6a88, columns: 0x85a308d3 };
/** 2^32 over the golden ratio, odd: steps of it visit every state (Steele, Lea & Flood 2014, section 3). */
const step = 0x9e3779b9;

/**
 * `round(share · count)` of the numbers 0..count-1, ascending, at least one, each set equally likely: selection
 * sampling (Knuth, volume 2, section 3.4.2, algorithm S). Each number is drawn from (seed, tree, number) alone, so that
 * a fit that goes on from any tree draws what it would have drawn. `seed` and `tree` are whole numbers below 2^32.
 */
export function drawShare(share: number, count: number, seed: number, tree: number, what: DrawFor): Int32Array {
  const wanted = Math.min(count, Math.max(1, Math.round(share * count)));
  const chosen = new Int32Array(wanted);
  const key = mix(mix(mix(seed) ^ streams[what]) + tree);
  let taken = 0;
  for (let at = 0; at < count && taken < wanted; at++) {
    const u = mix(key + Math.imul(at + 1, step)) / 4_294_967_296;
    if (u * (count - at) < wanted - taken) chosen[taken++] = at;
  }
  return chosen;
}

/** The finaliser of MurmurHash3 (Appleby): each bit in moves each bit out. In and out in 0..2^32 - 1, modulo 2^32. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
