import type { Gradients } from './histogram.ts';

/** Bits of a rounded gradient: a typical one keeps ten bits beside one that is a million times larger. */
const gradientBitsMax = 30;
/** Bits of a rounded hessian: sums of 65,536 rows leave room for their count in one 64-bit integer. */
const hessianBitsMax = 26;
/** Whole numbers up to 2^53 are exact in a float64. */
const exactBits = 53;

/** What one step of the rounded numbers stands for: powers of two. */
export interface Units {
  readonly gradient: number;
  readonly hessian: number;
}

/**
 * Rounds gradients and hessians to whole numbers of a unit each and writes them in pairs, one pair a row. The unit is
 * 2^-30 (gradient) or 2^-26 (hessian) of the power of two above the largest one, and more where rows are so many that
 * their sum would not be exact in a float64: from 2^23 rows (8 million) on for gradients. Sums of whole numbers are
 * exact, hence independent of order: the same model comes out of any kernel, any number of threads, and after any
 * resume. Throws a RangeError for what is not finite.
 */
export function fixedPairs({ gradient, hessian }: Gradients, pairs: Int32Array): Units {
  const units = unitsOf(largestOf(gradient), largestOf(hessian), gradient.length);
  writePairs(gradient, 1 / units.gradient, pairs, 0);
  writePairs(hessian, 1 / units.hessian, pairs, 1);
  return units;
}

/** Adding and taking away 1.5 * 2^52 rounds to a whole number, ties to even, faster than Math.round. */
const rounder = 6_755_399_441_055_744;

function writePairs(values: Float64Array, perUnit: number, pairs: Int32Array, at: number): void {
  for (let row = 0; row < values.length; row++) pairs[row * 2 + at] = (values[row] ?? 0) * perUnit + rounder - rounder;
}

/** Units by the largest gradient and hessian of so many rows. */
export function unitsOf(gradient: number, hessian: number, rows: number): Units {
  const sumBits = exactBits - Math.ceil(Math.log2(rows + 1));
  return {
    gradient: unitOf(gradient, Math.min(gradientBitsMax, sumBits)),
    hessian: unitOf(hessian, Math.min(hessianBitsMax, sumBits)),
  };
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] ?? 0);
    // A comparison with NaN is false: asked this way round, NaN comes through.
    if (!(size <= largest)) largest = size;
  }
  return largest;
}

function unitOf(largest: number, bits: number): number {
  if (!Number.isFinite(largest)) throw new RangeError('a gradient is no finite number');
  let scale = 1;
  // Doubling is exact; below 2^-900 everything is rounded to zero, so that 1 / unit stays finite.
  while (scale < largest) scale *= 2;
  while (scale > largest * 2 && scale > 2 ** -900) scale /= 2;
  return scale / 2 ** bits;
}
