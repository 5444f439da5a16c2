/** A table by which states stand for symbols (RFC 8878, 4.1): of each its symbol, and how the next one is read. */
export interface FseTable {
  /** States are numbers of so many bits. */
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly next: Uint16Array;
}

const symbolsMax = 256;

/** Of one symbol, which needs no bits. */
export function tableOfOne(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), next: new Uint16Array(1) };
}

/** As a block describes it from `at` on; answers where the description ends. Throws RangeError for what is none. */
export function readTable(
  block: Uint8Array,
  at: number,
  logMax: number,
): { readonly table: FseTable; readonly end: number } {
  let place = 8 * at;
  const peek = (count: number): number => bitsAt(block, place, count);
  const log = peek(4) + 5;
  place += 4;
  if (log > logMax) throw new RangeError('table too large');
  const shares: number[] = [];
  for (let left = 1 << log; left > 0 && shares.length < symbolsMax;) {
    const few = floorLog(left + 1);
    const spare = (1 << (few + 1)) - left - 2;
    const low = peek(few);
    const high = peek(few + 1);
    const isShort = low < spare;
    place += isShort ? few : few + 1;
    const share = (isShort ? low : high < 1 << few ? high : high - spare) - 1;
    shares.push(share);
    left -= Math.abs(share);
    for (let repeat = share === 0 ? 3 : 0; repeat === 3;) {
      repeat = peek(2);
      place += 2;
      for (let more = 0; more < repeat; more++) shares.push(0);
      if (shares.length > symbolsMax) throw new RangeError('too many symbols');
    }
  }
  const end = Math.ceil(place / 8);
  if (end > block.length) throw new RangeError('torn table');
  return { table: tableOf(log, shares), end };
}

/** Of the shares of symbols in all states; -1 is less than one state. Throws RangeError where they are not all. */
export function tableOf(log: number, shares: readonly number[]): FseTable {
  const size = 1 << log;
  if (shares.reduce((sum, share) => sum + Math.abs(share), 0) !== size) throw new RangeError('shares');
  const symbols = new Uint8Array(size);
  let high = size;
  for (const [symbol, share] of shares.entries()) if (share < 0) symbols[--high] = symbol;
  let place = 0;
  for (const [symbol, share] of shares.entries())
    for (let state = 0; state < share; state++) {
      symbols[place] = symbol;
      do place = (place + (size >> 1) + (size >> 3) + 3) & (size - 1);
      while (place >= high);
    }
  const counters = shares.map((share) => Math.abs(share));
  const bits = new Uint8Array(size);
  const next = new Uint16Array(size);
  for (const [state, symbol] of symbols.entries()) {
    const counter = counters[symbol] ?? 0;
    counters[symbol] = counter + 1;
    const count = log - floorLog(counter);
    bits[state] = count;
    next[state] = (counter << count) - size;
  }
  return { log, symbols, bits, next };
}

/** At most 25 bits from a place on, the lowest first; what lies outside of the block is 0. */
export function bitsAt(block: Uint8Array, place: number, count: number): number {
  const at = place >> 3;
  const four =
    (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8) | ((block[at + 2] ?? 0) << 16) | ((block[at + 3] ?? 0) << 24);
  return (four >>> (place & 7)) & ((1 << count) - 1);
}

/** Where the bits of a stream that is read from its end begin: below its highest bit. Throws RangeError without one. */
export function startOf(block: Uint8Array, end: number): number {
  const last = block[end - 1] ?? 0;
  if (last === 0) throw new RangeError('no stream');
  return 8 * (end - 1) + floorLog(last);
}

function floorLog(value: number): number {
  return 31 - Math.clz32(value);
}
