import type { KernelSize } from './kernel.ts';

/** What the types of Node leave out of WebAssembly. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => {
    readonly buffer: SharedArrayBuffer;
  };
};

export type WasmMemory = InstanceType<typeof WebAssembly.Memory>;

const pageBytes = 65_536;
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
  /** The same in the order of a leaf. */
  readonly gathered: number;
  readonly order: number;
  readonly spare: number;
  readonly columns: readonly number[];
  readonly bytes: number;
}

/** 24 bytes a row, one more for each feature, and 6 KiB a feature. Nothing crosses a line of the cache by its start. */
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
    out: take(features * binsMax * cellBytes),
    pairs: take(rows * 8),
    gathered: take(rows * 8),
    order: take(rows * 4),
    spare: take(rows * 4),
    columns: Array.from({ length: features }, () => take(rows)),
    bytes,
  };
}

/**
 * Null where 32-bit pointers do not reach that far (4 GiB: 97 million rows of 20 features), or the memory is not there.
 */
export function makeMemory({ bytes }: MemoryLayout): WasmMemory | null {
  const pages = Math.ceil(bytes / pageBytes);
  if (pages > pagesMax) return null;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
