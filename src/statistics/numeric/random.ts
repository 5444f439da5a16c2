/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018, public domain) on 32-bit integers, so that the same
 * seed gives the same stream on every machine. Not for secrets.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform in 0..n-1 without modulo bias, 1 <= n <= 2^32. */
  integer(n: number): number;
  /** Standard normal (Marsaglia's polar method). */
  normal(): number;
  /** An independent stream for `label`; depends on the seed and the label only, not on what was drawn before. */
  fork(label: string): Random;
}

/** Exact (golden vectors). Exact (golden vectors). */
export function createRandom(seed: number | string): Random {
  const key = hash(typeof seed === 'string' ? `s:${seed}` : `n:${seed}`);
  return createFromKey(key);
}

type Key = readonly [number, number, number, number];

function createFromKey(key: Key): Random {
  let [a, b, c, d] = key;
  let spare: number | null = null;
  function bits(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  }
  function next(): number {
    const high = bits() >>> 5;
    const low = bits() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }
  function integer(n: number): number {
    const limit = 4_294_967_296 - (4_294_967_296 % n);
    // Each round is accepted with probability > 1/2; 200 rejections in a row do not happen.
    for (let round = 0; round < 200; round++) {
      const x = bits();
      if (x < limit) return x % n;
    }
    return 0;
  }
  function normal(): number {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (let round = 0; round < 200; round++) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * scale;
      return u * scale;
    }
    return 0;
  }
  return { next, integer, normal, fork: (label) => createFromKey(hash(`f:${key.join('.')}:${label}`)) };
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Four FNV-1a hashes with different bases over the UTF-16 units, each finished by murmur3's mixer; never all zero. */
function hash(text: string): Key {
  const word = (basis: number): number => {
    let h = basis | 0;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  };
  return [word(0x811c9dc5), word(0x9e3779b9), word(0x7f4a7c15), word(0x94d049bb) | 1];
}
