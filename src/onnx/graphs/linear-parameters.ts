/** A numeric encoding: missing becomes the mean; weights per output (1 for binary and regression, else K). */
export interface LinearNumber {
  readonly encoding: number;
  readonly mean: number;
  readonly inverseScale: number;
  readonly weights: readonly number[];
  readonly missingWeights: readonly number[];
}

/** A category: one row of weights per code, row 0 for missing and unseen. */
export interface LinearCategory {
  readonly encoding: number;
  readonly table: readonly (readonly number[])[];
}

export interface LinearParameters {
  readonly bias: readonly number[];
  readonly numbers: readonly LinearNumber[];
  readonly categories: readonly LinearCategory[];
}
