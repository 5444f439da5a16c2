import { applyBins, type Bins } from '../bins.ts';
import { fixedPairs, type Units } from '../fixed-point.ts';
import type { HistogramLayout } from '../histogram.ts';
import type { NodeSums } from '../split.ts';
import type { Kernel, KernelSize } from './kernel.ts';

/** The kernel in plain TypeScript: what the others must equal, and what runs where they do not fit. */
export function referenceKernel({ rows, features }: KernelSize): Kernel {
  const columns = Array.from({ length: features }, () => new Uint8Array(rows));
  const order = new Uint32Array(rows);
  const spare = new Uint32Array(rows);
  const pairs = new Int32Array(rows * 2);
  const gradients = { gradient: new Float64Array(rows), hessian: new Float64Array(rows) };
  let units: Units = { gradient: 1, hessian: 1 };

  function bin(feature: number, bins: Bins, values: Float32Array): void {
    applyBins(bins, values, columns[feature] ?? new Uint8Array(rows));
  }

  function begin(drawn: Int32Array | null): NodeSums {
    units = fixedPairs(gradients, pairs);
    if (drawn !== null) order.set(drawn);
    else for (let row = 0; row < rows; row++) order[row] = row;
    return sumsOf(pairs, order, drawn?.length ?? rows, units);
  }

  function histogram(out: Float64Array, layout: HistogramLayout, start: number, count: number): void {
    out.fill(0);
    for (const [f, column] of columns.entries()) {
      const base = (layout.offsets[f] ?? 0) * 3;
      for (let i = start; i < start + count; i++) {
        const row = order[i] ?? 0;
        const cell = base + (column[row] ?? 0) * 3;
        out[cell] = (out[cell] ?? 0) + (pairs[row * 2] ?? 0);
        out[cell + 1] = (out[cell + 1] ?? 0) + (pairs[row * 2 + 1] ?? 0);
        out[cell + 2] = (out[cell + 2] ?? 0) + 1;
      }
    }
    for (let cell = 0; cell < out.length; cell += 3) {
      out[cell] = (out[cell] ?? 0) * units.gradient;
      out[cell + 1] = (out[cell + 1] ?? 0) * units.hessian;
    }
  }

  function divide(feature: number, goesLeft: Uint8Array, start: number, count: number): number {
    const column = columns[feature] ?? new Uint8Array(0);
    let left = start;
    let right = 0;
    for (let i = start; i < start + count; i++) {
      const row = order[i] ?? 0;
      if (goesLeft[column[row] ?? 0] === 1) order[left++] = row;
      else spare[right++] = row;
    }
    order.set(spare.subarray(0, right), left);
    return left - start;
  }

  return { rows, columns, order, gradients, bin, begin, histogram, divide };
}

/** Of the rows `order[0 .. count)`. */
export function sumsOf(pairs: Int32Array, order: Uint32Array, count: number, units: Units): NodeSums {
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < count; i++) {
    const row = order[i] ?? 0;
    gradient += pairs[row * 2] ?? 0;
    hessian += pairs[row * 2 + 1] ?? 0;
  }
  return { gradient: gradient * units.gradient, hessian: hessian * units.hessian, rows: count };
}
