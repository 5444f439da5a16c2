import { kernelBytes } from './kernel-bytes.ts';
import { instantiate, makeMemory, pageBytes, type Loops } from './wasm-memory.ts';

/** Numbers that are handed over at a time: 64 KiB. */
const blockSize = pageBytes / 8;

let loops: { readonly block: Float64Array; readonly sigmoids: Loops['sigmoids'] } | null = null;

/**
 * Writes 1 / (1 + e^-x) of each value, to 1e-15 of it, into `out`, which may be `values` itself. Additions,
 * multiplications and divisions alone, in one order: Math.exp may give other last bits in another version of Node.
 */
export function sigmoids(values: Float64Array, out: Float64Array): void {
  loops ??= load();
  const { block } = loops;
  for (let from = 0; from < values.length; from += blockSize) {
    const count = Math.min(blockSize, values.length - from);
    block.set(values.subarray(from, from + count));
    loops.sigmoids(0, count + (count % 2));
    out.set(block.subarray(0, count), from);
  }
}

function load(): NonNullable<typeof loops> {
  const memory = makeMemory(pageBytes);
  if (memory === null) throw new RangeError('there is no memory for 64 KiB');
  return { block: new Float64Array(memory.buffer), sigmoids: instantiate(kernelBytes(), memory).sigmoids };
}

const logOf2 = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10] as const;
/** Adding and taking away 1.5 * 2^52 rounds to a whole number, ties to even. */
const rounder = 6_755_399_441_055_744;

/**
 * One sigmoid by the same steps: what the loop must equal. e^z for z = -|x| is 2^n e^r with a whole number n and |r| at
 * most half of log 2, in two parts so that the difference is exact, and e^r its series up to r^12.
 *
 * @testonly
 */
export function sigmoidStepByStep(x: number): number {
  const z = -Math.min(Math.abs(x), 700);
  const n = z * 1.442_695_040_888_963_4 + rounder - rounder;
  const r = z - n * logOf2[0] - n * logOf2[1];
  let series = 1 / 479_001_600;
  let factorial = 479_001_600;
  for (let power = 12; power > 0; power--) {
    factorial /= power;
    series = series * r + 1 / factorial;
  }
  const e = series * 2 ** n;
  return (x < 0 ? e : 1) / (1 + e);
}
