// The inner loops of growing trees, in AssemblyScript: `npm run kernel:build` compiles them into kernel-bytes.ts.
// Pointers are bytes of one shared memory, whose layout wasm-memory.ts has. Nothing here allocates.
// What each function must give stands in reference-kernel.ts, in plain TypeScript: a test holds both together.

/** Lane 1 of a cell: rows times 2^44 plus the sum of hessians, which stays below 2^43 for 65,536 rows of 2^26 each. */
const rowShift: i64 = 44;
const rowHalf: i64 = 1 << 43;
/** One table of cells: 256 bins, 16 bytes each. */
const tableBytes: usize = 4096;

/** Pairs of the rows of a leaf, in its order: read once here, they are then read in one line for every column. */
export function gather(order: usize, pairs: usize, into: usize, count: usize): void {
  const end = order + (count << 2);
  while (order < end) {
    store<u64>(into, load<u64>(pairs + (<usize>load<u32>(order) << 3)));
    order += 4;
    into += 8;
  }
}

// @ts-ignore: a decorator of the compiler
@inline
function valueAt(pairs: usize): v128 {
  return i64x2.add(v128.load_ext<i32>(pairs), i64x2(0, 1 << rowShift));
}

// @ts-ignore: a decorator of the compiler
@inline
function addTo(cell: usize, value: v128): void {
  v128.store(cell, i64x2.add(v128.load(cell), value));
}

/** Four columns at a time: the row and its pair are loaded once for four. */
export function addFour(
  tables: usize, a: usize, b: usize, c: usize, d: usize, order: usize, pairs: usize, count: usize
): void {
  const end = pairs + (count << 3);
  while (pairs < end) {
    const row = <usize>load<u32>(order);
    const value = valueAt(pairs);
    addTo(tables + (<usize>load<u8>(a + row) << 4), value);
    addTo(tables + tableBytes + (<usize>load<u8>(b + row) << 4), value);
    addTo(tables + 2 * tableBytes + (<usize>load<u8>(c + row) << 4), value);
    addTo(tables + 3 * tableBytes + (<usize>load<u8>(d + row) << 4), value);
    order += 4;
    pairs += 8;
  }
}

export function addOne(tables: usize, a: usize, order: usize, pairs: usize, count: usize): void {
  const end = pairs + (count << 3);
  while (pairs < end) {
    addTo(tables + (<usize>load<u8>(a + <usize>load<u32>(order)) << 4), valueAt(pairs));
    order += 4;
    pairs += 8;
  }
}

/** As `addFour`, for rows that follow each other. */
export function addFourInLine(
  tables: usize, a: usize, b: usize, c: usize, d: usize, pairs: usize, count: usize
): void {
  const end = pairs + (count << 3);
  while (pairs < end) {
    const value = valueAt(pairs);
    addTo(tables + (<usize>load<u8>(a) << 4), value);
    addTo(tables + tableBytes + (<usize>load<u8>(b) << 4), value);
    addTo(tables + 2 * tableBytes + (<usize>load<u8>(c) << 4), value);
    addTo(tables + 3 * tableBytes + (<usize>load<u8>(d) << 4), value);
    a += 1;
    b += 1;
    c += 1;
    d += 1;
    pairs += 8;
  }
}

export function addOneInLine(tables: usize, a: usize, pairs: usize, count: usize): void {
  const end = pairs + (count << 3);
  while (pairs < end) {
    addTo(tables + (<usize>load<u8>(a) << 4), valueAt(pairs));
    a += 1;
    pairs += 8;
  }
}

/** Adds the cells of one table to gradient, hessian and rows of `out`, in their own units, and empties them. */
export function flush(table: usize, out: usize, bins: usize, gradientUnit: f64, hessianUnit: f64): void {
  const end = table + (bins << 4);
  while (table < end) {
    const packed = load<i64>(table, 8);
    const rows = (packed + rowHalf) >> rowShift;
    const hessian = packed - (rows << rowShift);
    store<f64>(out, load<f64>(out) + <f64>load<i64>(table) * gradientUnit);
    store<f64>(out, load<f64>(out, 8) + <f64>hessian * hessianUnit, 8);
    store<f64>(out, load<f64>(out, 16) + <f64>rows, 16);
    v128.store(table, i64x2(0, 0));
    table += 16;
    out += 24;
  }
}

/** Stable partition without a branch: rows whose bin has a 1 in `goesLeft` first; returns how many. */
export function divide(order: usize, spare: usize, column: usize, goesLeft: usize, count: usize): usize {
  const end = order + (count << 2);
  const start = order;
  let left = order;
  let right = spare;
  while (order < end) {
    const row = load<u32>(order);
    const isLeft = <usize>load<u8>(goesLeft + <usize>load<u8>(column + <usize>row));
    store<u32>(left, row);
    store<u32>(right, row);
    left += isLeft << 2;
    right += (1 - isLeft) << 2;
    order += 4;
  }
  memory.copy(left, spare, right - spare);
  return (left - start) >> 2;
}
