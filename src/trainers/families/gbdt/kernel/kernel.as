// The inner loops of growing trees, in AssemblyScript: `npm run kernel:build` compiles them into kernel-bytes.ts.
// Pointers are bytes of one memory, whose layout wasm-memory.ts has. Nothing here allocates.
// What each function must give stands in reference-kernel.ts, in plain TypeScript: a test holds both together.

/** Lane 1 of a cell: rows times 2^44 plus the sum of hessians, which stays below 2^43 for 65,536 rows of 2^26 each. */
const rowShift: i64 = 44;
const rowHalf: i64 = 1 << 43;
/** One table of cells: 256 bins, 16 bytes each. */
const tableBytes: usize = 4096;

/** The largest size of a number; NaN where one of them is none. */
export function largest(values: usize, count: usize): f64 {
  const end = values + (count << 3);
  let first = f64x2(0, 0);
  let second = f64x2(0, 0);
  // pmax passes NaN by, and is one instruction where max is seven: what is no number is kept apart.
  let wrong = i64x2(0, 0);
  while (values + 32 <= end) {
    const a = v128.load(values);
    const b = v128.load(values, 16);
    first = f64x2.pmax(first, f64x2.abs(a));
    second = f64x2.pmax(second, f64x2.abs(b));
    wrong = v128.or(wrong, v128.or(f64x2.ne(a, a), f64x2.ne(b, b)));
    values += 32;
  }
  first = f64x2.pmax(first, second);
  let most = max<f64>(f64x2.extract_lane(first, 0), f64x2.extract_lane(first, 1));
  while (values < end) {
    most = max<f64>(most, abs<f64>(load<f64>(values)));
    values += 8;
  }
  return v128.any_true(wrong) ? NaN : most;
}

/**
 * Rounds gradients and hessians to whole numbers of a unit, in pairs, and leaves their two sums at `sums`. `pairs` and
 * what is read may not overlap.
 */
export function roundPairs(
  gradient: usize, hessian: usize, pairs: usize, count: usize, perGradient: f64, perHessian: f64, sums: usize
): void {
  const perG = f64x2.splat(perGradient);
  const perH = f64x2.splat(perHessian);
  const end = pairs + (count << 3);
  let total = i64x2(0, 0);
  while (pairs < end) {
    // A last pair alone reads one number too many, which is in the memory, and is not counted.
    const g = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(v128.load(gradient), perG)));
    const h = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(v128.load(hessian), perH)));
    const both = v128.shuffle<i32>(g, h, 0, 4, 1, 5);
    total = i64x2.add(total, i64x2.extend_low_i32x4_s(both));
    if (pairs + 8 < end) {
      v128.store(pairs, both);
      total = i64x2.add(total, i64x2.extend_high_i32x4_s(both));
    } else store<i64>(pairs, i64x2.extract_lane(both, 0));
    gradient += 16;
    hessian += 16;
    pairs += 16;
  }
  store<f64>(sums, <f64>i64x2.extract_lane(total, 0));
  store<f64>(sums, <f64>i64x2.extract_lane(total, 1), 8);
}

/** 0, 1, 2, … */
export function allRows(order: usize, count: usize): void {
  for (let row: u32 = 0; row < <u32>count; row++) store<u32>(order + (<usize>row << 2), row);
}

// @ts-ignore: a decorator of the compiler
@inline
function step(cuts: usize, low: usize, value: f32, half: usize): usize {
  return low + (<usize>(value > load<f32>(cuts + ((low + half - 1) << 2))) * half);
}

/** How many of 255 cuts lie below each value; `missing` for NaN. Eight steps without a branch. */
export function binNumbers(values: usize, into: usize, count: usize, cuts: usize, missing: u32): void {
  const end = values + (count << 2);
  while (values < end) {
    const value = load<f32>(values);
    let low = step(cuts, 0, value, 128);
    low = step(cuts, low, value, 64);
    low = step(cuts, low, value, 32);
    low = step(cuts, low, value, 16);
    low = step(cuts, low, value, 8);
    low = step(cuts, low, value, 4);
    low = step(cuts, low, value, 2);
    low = step(cuts, low, value, 1);
    store<u8>(into, value == value ? <u32>low : missing);
    values += 4;
    into += 1;
  }
}

/** 1 / (1 + e^-x) of each number, in place: the steps stand in sigmoids.ts, one by one. `count` is even. */
export function sigmoids(values: usize, count: usize): void {
  const end = values + (count << 3);
  const one = f64x2.splat(1);
  while (values < end) {
    const x = v128.load(values);
    const z = f64x2.neg(f64x2.pmin(f64x2.abs(x), f64x2.splat(700)));
    const n = f64x2.nearest(f64x2.mul(z, f64x2.splat(1.4426950408889634)));
    const r = f64x2.sub(
      f64x2.sub(z, f64x2.mul(n, f64x2.splat(0.6931471803691238))),
      f64x2.mul(n, f64x2.splat(1.9082149292705877e-10))
    );
    let p = f64x2.splat(1 / 479001600.0);
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 39916800.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 3628800.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 362880.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 40320.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 5040.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 720.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 120.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 24.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1 / 6.0));
    p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.5));
    p = f64x2.add(f64x2.mul(p, r), one);
    p = f64x2.add(f64x2.mul(p, r), one);
    // 2^n: the whole number n lands in the last bits of a large number, and from there in the exponent.
    const bits = f64x2.add(n, f64x2.splat(6755399441055744));
    const e = f64x2.mul(p, i64x2.shl(i64x2.add(bits, i64x2.splat(1023)), 52));
    const top = v128.bitselect(e, one, f64x2.lt(x, f64x2.splat(0)));
    v128.store(values, f64x2.div(top, f64x2.add(one, e)));
    values += 16;
  }
}

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
