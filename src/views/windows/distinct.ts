import { createHash } from 'node:crypto';

/** Registers of a sketch of different values: a standard error of 1.04 / √1024, which is 3.25 %. */
export const registers = 1_024;
export const registerBits = 10;
/** Bits of a hash that are left for the rank. */
export const rankBits = 64 - registerBits;

/**
 * Register and rank of a value: HyperLogLog (Flajolet et al. 2007) over 64 bits of its MD5, those that the engine calls
 * the lower.
 */
export function placeOf(value: string): { readonly register: number; readonly rank: number } {
  const hash = createHash('md5').update(value, 'utf8').digest().readBigUInt64LE(8);
  const register = Number(hash & BigInt(registers - 1));
  const rest = hash >> BigInt(registerBits);
  return { register, rank: rest === 0n ? rankBits + 1 : rankBits - rest.toString(2).length + 1 };
}

/**
 * About how many different values a sketch has seen. `used` registers hold a rank, and `harmonic` is the sum of
 * 2^-rank over them, which is exact in whatever order it is added up. Counts by the empty registers while these tell
 * more.
 */
export function estimateOf(used: number, harmonic: number): number {
  const empty = registers - used;
  const alpha = 0.7213 / (1 + 1.079 / registers);
  const raw = (alpha * registers * registers) / (harmonic + empty);
  const isSmall = raw <= 2.5 * registers && empty > 0;
  return Math.round(isSmall ? registers * Math.log(registers / empty) : raw);
}
