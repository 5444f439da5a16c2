import type { KernelSize } from './kernel.ts';

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** What kernel.as exports. Pointers and counts are whole numbers. */
export interface Loops {
  largest(values: number, count: number): number;
  roundPairs(
    gradient: number,
    hessian: number,
    pairs: number,
    count: number,
    perGradient: number,
    perHessian: number,
    sums: number,
  ): void;
  allRows(order: number, count: number): void;
  binNumbers(values: number, into: number, count: number, cuts: number, missing: number): void;
  sigmoids(values: number, count: number): void;
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
  readonly Memory: new (pages: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: Loops };
};

/** The loops over this memory. */
export function instantiate(bytes: Uint8Array, memory: WasmMemory): Loops {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
}

export const pageBytes = 65_536;
/** What 32-bit pointers reach. */
const pagesMax = 65_536;
/** Bins of a column at most. */
const binsMax = 256;
/** Tables of four columns that are filled in one pass, 256 cells of 16 bytes each. */
const tablesBytes = 4 * binsMax * 16;
/** Gradient, hessian and rows of a bin as float64. */
const cellBytes = 24;

/** Where things lie in the memory, in bytes. */
export interface MemoryLayout {
  readonly goesLeft: number;
  readonly tables: number;
  readonly out: number;
  /** Gradient and hessian of each row, as 32-bit integers. */
  readonly pairs: number;
  /** Until a tree begins the gradients, then the pairs in the order of a leaf. */
  readonly gradient: number;
  readonly hessian: number;
  readonly order: number;
  readonly spare: number;
  readonly columns: readonly number[];
  readonly bytes: number;
}

/** 32 bytes a row, one more for each feature, and 6 KiB a feature. Each begins with a line of the cache. */
export function layoutOf({ rows, features }: KernelSize): MemoryLayout {
  let bytes = 0;
  const take = (size: number): number => {
    const at = bytes;
    bytes += Math.ceil(size / 64) * 64;
    return at;
  };
  return {
    goesLeft: take(binsMax),
    tables: take(tablesBytes),
    out: take(Math.max(1, features) * binsMax * cellBytes),
    pairs: take(rows * 8),
    // Two at a time are read: the last of an odd number reads one more.
    gradient: take(rows * 8 + 8),
    hessian: take(rows * 8 + 8),
    order: take(rows * 4),
    spare: take(rows * 4),
    columns: Array.from({ length: features }, () => take(rows)),
    bytes,
  };
}

/**
 * Null where 32-bit pointers do not reach that far (4 GiB: 82 million rows of 20 features), or the memory is not there.
 */
export function makeMemory(bytes: number): WasmMemory | null {
  const pages = Math.ceil(bytes / pageBytes);
  if (pages > pagesMax) return null;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
