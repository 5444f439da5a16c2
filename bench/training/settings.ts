/** Equal for all: what a trainer names otherwise is translated where it is called. */
export const settings = {
  trees: 200,
  leaves: 31,
  learningRate: 0.1,
  bins: 255,
  rowsPerLeafMin: 20,
  l2: 0,
} as const;
