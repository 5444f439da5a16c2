const floats = new Float32Array(1);
const bits = new Int32Array(floats.buffer);

/**
 * The largest float32 below the float32 nearest to `cut`: for every float32 x, x < cut is x <= it. Below every number
 * there is none, and -Infinity stands for it.
 */
export function floatBelow(cut: number): number {
  floats[0] = cut;
  if (floats[0] === -Infinity) return floats[0];
  if (floats[0] === 0) return -(2 ** -149);
  bits[0] = (bits[0] ?? 0) + (floats[0] > 0 ? -1 : 1);
  return floats[0];
}

/** LightGBM takes what is this near to 0 as 0 (`kZeroThreshold`, a float32). */
export const zeroMax = Math.fround(1e-35);
