/** Walker's alias table (Vose 1991): one draw from fixed weights in constant time. */
export interface WeightedChoice {
  readonly size: number;
  /** Index of the chosen weight; `uniform` is a draw from [0, 1). */
  choose(uniform: number): number;
}

/** `weights` are positive and need not sum to one. */
export function createWeightedChoice(weights: readonly number[]): WeightedChoice {
  const size = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = Float64Array.from(weights, (weight) => (weight * size) / total);
  const alias = new Int32Array(size);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < size; i++) ((share[i] ?? 0) < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const under = small.pop() ?? 0;
    const over = large.pop() ?? 0;
    alias[under] = over;
    const left = (share[over] ?? 0) + (share[under] ?? 0) - 1;
    share[over] = left;
    (left < 1 ? small : large).push(over);
  }
  // What remains differs from one only by rounding.
  for (const i of [...small, ...large]) share[i] = 1;
  return {
    size,
    choose(uniform) {
      const scaled = uniform * size;
      const column = Math.floor(scaled);
      return scaled - column < (share[column] ?? 1) ? column : (alias[column] ?? column);
    },
  };
}
