import type { Bins } from '../bins.ts';
import type { Gradients, HistogramLayout } from '../histogram.ts';
import type { NodeSums } from '../split.ts';

/**
 * Binned rows and the loops over them that training spends its time in. Sums are exact (fixed-point.ts), so that every
 * kernel gives the same bytes. Made for one fit; `end` it when the fit ends.
 */
export interface Kernel {
  readonly rows: number;
  /** One byte a row for each feature: the bin. `bin` fills them. */
  readonly columns: readonly Uint8Array[];
  /** Rows by leaf: a leaf of the tree that grows is a stretch of it. */
  readonly order: Uint32Array;
  /** Where the gradients of the next tree are written; what they hold is lost when it begins. */
  readonly gradients: Gradients;
  /** Fills the column of a feature. */
  bin(feature: number, bins: Bins, values: Float32Array): void;
  /**
   * Begins a tree with the gradients that were written: these rows (ascending; null: all) in one leaf, whose sums it
   * returns.
   */
  begin(rows: Int32Array | null): NodeSums;
  /** Fills `out` with the sums of the rows `order[start .. start + count)`. */
  histogram(out: Float64Array, layout: HistogramLayout, start: number, count: number): void;
  /**
   * Stable partition of `order[start .. start + count)`: rows whose bin of the feature has a 1 in `goesLeft` (256 long)
   * come first. Returns how many they are.
   */
  divide(feature: number, goesLeft: Uint8Array, start: number, count: number): number;
}

export interface KernelSize {
  readonly rows: number;
  readonly features: number;
}

export type MakeKernel = (size: KernelSize) => Kernel;
