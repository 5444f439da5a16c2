/**
 * Sums per bin: for feature f and bin b the cells at `(offsets[f] + b) * 3` are gradient, hessian, rows. The missing
 * bin is part of each feature's stretch.
 */
export interface HistogramLayout {
  readonly offsets: readonly number[];
  readonly cells: number;
}

export function histogramLayout(binCounts: readonly number[]): HistogramLayout {
  const offsets: number[] = [];
  let bins = 0;
  for (const count of binCounts) {
    offsets.push(bins);
    bins += count + 1;
  }
  return { offsets, cells: bins * 3 };
}

export interface Gradients {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/**
 * Fills `out` from the rows `order[start .. start+count)`. Four columns per pass: the row's gradient is loaded once for
 * four.
 */
export function buildHistogram(
  out: Float64Array,
  layout: HistogramLayout,
  columns: readonly Uint8Array[],
  { gradient, hessian }: Gradients,
  order: Int32Array,
  start: number,
  count: number,
): void {
  out.fill(0);
  let f = 0;
  for (; f + 3 < columns.length; f += 4) {
    const [a, b, c, d] = [columns[f], columns[f + 1], columns[f + 2], columns[f + 3]];
    if (a === undefined || b === undefined || c === undefined || d === undefined) return;
    const [oa = 0, ob = 0, oc = 0, od = 0] = layout.offsets.slice(f, f + 4);
    addFour(out, a, b, c, d, oa, ob, oc, od, gradient, hessian, order, start, start + count);
  }
  for (; f < columns.length; f++) {
    const column = columns[f];
    if (column !== undefined)
      addOne(out, column, layout.offsets[f] ?? 0, gradient, hessian, order, start, start + count);
  }
}

function addFour(
  out: Float64Array,
  a: Uint8Array,
  b: Uint8Array,
  c: Uint8Array,
  d: Uint8Array,
  oa: number,
  ob: number,
  oc: number,
  od: number,
  gradient: Float64Array,
  hessian: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    const g = gradient[row] ?? 0;
    const h = hessian[row] ?? 0;
    addCell(out, ((a[row] ?? 0) + oa) * 3, g, h);
    addCell(out, ((b[row] ?? 0) + ob) * 3, g, h);
    addCell(out, ((c[row] ?? 0) + oc) * 3, g, h);
    addCell(out, ((d[row] ?? 0) + od) * 3, g, h);
  }
}

function addOne(
  out: Float64Array,
  column: Uint8Array,
  offset: number,
  gradient: Float64Array,
  hessian: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    addCell(out, ((column[row] ?? 0) + offset) * 3, gradient[row] ?? 0, hessian[row] ?? 0);
  }
}

function addCell(out: Float64Array, cell: number, g: number, h: number): void {
  out[cell] = (out[cell] ?? 0) + g;
  out[cell + 1] = (out[cell + 1] ?? 0) + h;
  out[cell + 2] = (out[cell + 2] ?? 0) + 1;
}

/**
 * parent − child, in place: the histogram of the other child for free. Exact, because the sums are (fixed-point.ts).
 */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] ?? 0) - (child[i] ?? 0);
}
