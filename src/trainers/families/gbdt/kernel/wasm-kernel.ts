import { fixedPairs, type Units } from '../fixed-point.ts';
import type { Gradients, HistogramLayout } from '../histogram.ts';
import type { NodeSums } from '../split.ts';
import { kernelBytes } from './kernel-bytes.ts';
import type { Kernel, KernelSize } from './kernel.ts';
import { sumsOf } from './reference-kernel.ts';
import { layoutOf, makeMemory, type WasmMemory } from './wasm-memory.ts';

/** What kernel.as exports. Pointers and counts are whole numbers. */
interface Loops {
  gather(order: number, pairs: number, into: number, count: number): void;
  addFour(
    tables: number,
    a: number,
    b: number,
    c: number,
    d: number,
    order: number,
    pairs: number,
    count: number,
  ): void;
  addFourInLine(tables: number, a: number, b: number, c: number, d: number, pairs: number, count: number): void;
  addOne(tables: number, a: number, order: number, pairs: number, count: number): void;
  addOneInLine(tables: number, a: number, pairs: number, count: number): void;
  flush(table: number, out: number, bins: number, gradientUnit: number, hessianUnit: number): void;
  divide(order: number, spare: number, column: number, goesLeft: number, count: number): number;
}

/** What the types of Node leave out of WebAssembly. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: Loops };
};

/** A cell counts up to 2^16 rows before it is emptied (kernel.as). */
const blockRows = 65_536;
const tableBytes = 4_096;

/** The kernel with SIMD of WebAssembly; null where its memory does not fit (wasm-memory.ts). */
export function wasmKernel({ rows, features }: KernelSize): Kernel | null {
  const at = layoutOf({ rows, features });
  const memory = makeMemory(at);
  if (memory === null) return null;
  const { buffer } = memory;
  const loops = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes()), { env: { memory } }).exports;
  const columns = at.columns.map((from) => new Uint8Array(buffer, from, rows));
  const order = new Uint32Array(buffer, at.order, rows);
  const pairs = new Int32Array(buffer, at.pairs, rows * 2);
  const goesLeft = new Uint8Array(buffer, at.goesLeft, 256);
  const filled = new Float64Array(buffer, at.out, (at.pairs - at.out) / 8);
  let units: Units = { gradient: 1, hessian: 1 };
  const column = (f: number): number => at.columns[f] ?? 0;

  function begin(gradients: Gradients): NodeSums {
    units = fixedPairs(gradients, pairs);
    for (let row = 0; row < rows; row++) order[row] = row;
    return sumsOf(pairs, units);
  }

  function histogram(out: Float64Array, layout: HistogramLayout, start: number, count: number): void {
    filled.fill(0, 0, layout.cells);
    // All rows are a leaf that was not divided: they lie in line.
    const isAll = count === rows;
    if (!isAll) loops.gather(at.order + start * 4, at.pairs, at.gathered, count);
    for (let from = 0; from < count; from += blockRows) {
      const block = Math.min(blockRows, count - from);
      if (isAll) addInLine(layout, from, block);
      else add(layout, at.order + (start + from) * 4, at.gathered + from * 8, block);
    }
    out.set(filled.subarray(0, layout.cells));
  }

  function add(layout: HistogramLayout, rowsAt: number, pairsAt: number, count: number): void {
    let f = 0;
    for (; f + 3 < features; f += 4) {
      const [a, b, c, d] = [column(f), column(f + 1), column(f + 2), column(f + 3)];
      loops.addFour(at.tables, a, b, c, d, rowsAt, pairsAt, count);
      for (let table = 0; table < 4; table++) flush(layout, f + table, table);
    }
    for (; f < features; f++) {
      loops.addOne(at.tables, column(f), rowsAt, pairsAt, count);
      flush(layout, f, 0);
    }
  }

  function addInLine(layout: HistogramLayout, from: number, count: number): void {
    const pairsAt = at.pairs + from * 8;
    let f = 0;
    for (; f + 3 < features; f += 4) {
      const [a, b, c, d] = [column(f) + from, column(f + 1) + from, column(f + 2) + from, column(f + 3) + from];
      loops.addFourInLine(at.tables, a, b, c, d, pairsAt, count);
      for (let table = 0; table < 4; table++) flush(layout, f + table, table);
    }
    for (; f < features; f++) {
      loops.addOneInLine(at.tables, column(f) + from, pairsAt, count);
      flush(layout, f, 0);
    }
  }

  function flush(layout: HistogramLayout, f: number, table: number): void {
    const out = at.out + (layout.offsets[f] ?? 0) * 24;
    loops.flush(at.tables + table * tableBytes, out, layout.bins[f] ?? 0, units.gradient, units.hessian);
  }

  function divide(feature: number, table: Uint8Array, start: number, count: number): number {
    goesLeft.set(table);
    return loops.divide(at.order + start * 4, at.spare, column(feature), at.goesLeft, count);
  }

  return { rows, columns, order, begin, histogram, divide };
}
