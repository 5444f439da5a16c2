import { bitsAt, readTable, startOf, tableOf, tableOfOne, type FseTable } from './fse-table.ts';
import { unsupported } from './unsupported.ts';

/** What the sequences of a block are read by; each may be that of the block before. */
interface Tables {
  readonly literals: FseTable;
  readonly offsets: FseTable;
  readonly matches: FseTable;
}

/** Beyond which the library loses bits of an offset: 64 MiB. */
const offsetBitsMax = 25;
const weightsMax = 255;

/**
 * Walks over the packed blocks of a frame (RFC 8878, 3.1.1.3) before the library unpacks them, which takes what they
 * say of lengths on trust: a dozen bytes could keep it busy for seconds, or for good.
 */
export class PackedBlocks {
  #before: Tables | null = null;

  /**
   * Throws RangeError for a block of more than `bytesMax` and for one that ends before what it says, and `unsupported`
   * for bytes that are copied from further back than the library can look.
   */
  check(block: Uint8Array, bytesMax: number): void {
    const { literals, at } = checkLiterals(block);
    if (literals > bytesMax) throw new RangeError('block too large');
    const { sequences, at: modesAt } = countOf(block, at);
    if (sequences === 0) return;
    const { tables, at: streamAt } = this.#tablesOf(block, modesAt);
    this.#before = tables;
    checkSequences(block.subarray(streamAt), sequences, tables, literals, bytesMax);
  }

  #tablesOf(block: Uint8Array, modesAt: number): { readonly tables: Tables; readonly at: number } {
    const modes = byteAt(block, modesAt);
    if ((modes & 3) !== 0) throw new RangeError('modes');
    let at = modesAt + 1;
    const tableBy = (mode: number, logMax: number, usual: FseTable, before: FseTable | undefined): FseTable => {
      if (mode === 0) return usual;
      if (mode === 1) return tableOfOne(byteAt(block, at++));
      if (mode === 2) {
        const { table, end } = readTable(block, at, logMax);
        at = end;
        return table;
      }
      if (before === undefined) throw new RangeError('no table before');
      return before;
    };
    const literals = tableBy(modes >> 6, 9, usualTables.literals, this.#before?.literals);
    const offsets = tableBy((modes >> 4) & 3, 8, usualTables.offsets, this.#before?.offsets);
    const matches = tableBy((modes >> 2) & 3, 9, usualTables.matches, this.#before?.matches);
    return { tables: { literals, offsets, matches }, at };
  }
}

/** RFC 8878, 3.1.1.3.1: how many literals there are, and where they end in the block. */
function checkLiterals(block: Uint8Array): { readonly literals: number; readonly at: number } {
  const first = byteAt(block, 0);
  const kind = first & 3;
  const format = (first >> 2) & 3;
  if (kind < 2) {
    const header = (format & 1) === 0 ? 1 : format === 1 ? 2 : 3;
    const literals = header === 1 ? first >> 3 : littleEndian(block, header) >> 4;
    return { literals, at: within(block, header + (kind === 0 ? literals : 1)) };
  }
  const header = Math.max(3, 2 + format);
  const sizeBits = format < 2 ? 10 : format === 2 ? 14 : 18;
  const sizes = Math.floor(littleEndian(block, header) / 16);
  const literals = sizes % 2 ** sizeBits;
  const end = within(block, header + Math.floor(sizes / 2 ** sizeBits));
  if (kind === 2) checkWeights(block.subarray(header, end));
  return { literals, at: end };
}

/** RFC 8878, 4.2.1.2: weights that are packed come to an end. */
function checkWeights(tree: Uint8Array): void {
  const length = byteAt(tree, 0);
  if (length >= 128) return;
  const packed = tree.subarray(0, within(tree, 1 + length));
  const { table, end } = readTable(packed, 1, 6);
  const states = [0, 0];
  const bits = [table.log, table.log];
  let place = startOf(packed, packed.length);
  for (let count = 0; ; count++) {
    const one = count & 1;
    const wanted = bits[one] ?? 0;
    place -= wanted;
    if (place < 8 * end) return;
    if (count === weightsMax) throw new RangeError('too many weights');
    const state = (states[one] ?? 0) + bitsAt(packed, place, wanted);
    bits[one] = table.bits[state] ?? 0;
    states[one] = table.next[state] ?? 0;
  }
}

/** RFC 8878, 3.1.1.3.2.1. */
function countOf(block: Uint8Array, at: number): { readonly sequences: number; readonly at: number } {
  const first = byteAt(block, at);
  if (first < 128) return { sequences: first, at: at + 1 };
  const second = byteAt(block, at + 1);
  if (first < 255) return { sequences: (first - 128) * 256 + second, at: at + 2 };
  return { sequences: second + byteAt(block, at + 2) * 256 + 0x7f00, at: at + 3 };
}

/** RFC 8878, 3.1.1.3.2.1.2: the bits of all sequences are there, and what they copy has room. */
function checkSequences(
  stream: Uint8Array,
  sequences: number,
  { literals, offsets, matches }: Tables,
  literalBytes: number,
  bytesMax: number,
): void {
  let place = startOf(stream, stream.length);
  const take = (count: number): number => {
    place -= count;
    if (place < 0) throw new RangeError('torn sequences');
    return bitsAt(stream, place, count);
  };
  let literal = take(literals.log);
  let offset = take(offsets.log);
  let match = take(matches.log);
  let copied = literalBytes;
  let literalsLeft = literalBytes;
  for (let left = sequences; left > 0; left--) {
    const offsetBits = offsets.symbols[offset] ?? 0;
    if (offsetBits > offsetBitsMax) throw unsupported('copies from more than 64 MiB before');
    take(offsetBits);
    copied += lengthOf(matchLengths, matches.symbols[match] ?? 0, take);
    literalsLeft -= lengthOf(literalLengths, literals.symbols[literal] ?? 0, take);
    if (copied > bytesMax || literalsLeft < 0) throw new RangeError('block too large');
    if (left === 1) break;
    literal = (literals.next[literal] ?? 0) + take(literals.bits[literal] ?? 0);
    match = (matches.next[match] ?? 0) + take(matches.bits[match] ?? 0);
    offset = (offsets.next[offset] ?? 0) + take(offsets.bits[offset] ?? 0);
  }
  if (place !== 0) throw new RangeError('bits behind the sequences');
}

/** From which length on a code counts, and how many bits say by how much it is more. */
interface Lengths {
  readonly bits: readonly number[];
  readonly from: readonly number[];
}

function lengthOf({ bits, from }: Lengths, code: number, take: (count: number) => number): number {
  const more = bits[code];
  if (more === undefined) throw new RangeError('code');
  return (from[code] ?? 0) + take(more);
}

function lengthsFrom(first: number, plain: number, more: readonly number[]): Lengths {
  const bits = [...Array.from({ length: plain }, () => 0), ...more];
  const from: number[] = [];
  for (let next = first, code = 0; code < bits.length; next += 2 ** (bits[code] ?? 0), code++) from.push(next);
  return { bits, from };
}

/** RFC 8878, 3.1.1.3.2.1.1. */
const literalLengths = lengthsFrom(0, 16, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const matchLengths = lengthsFrom(3, 32, [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

const times = (count: number, share: number): readonly number[] => Array.from({ length: count }, () => share);

/** RFC 8878, 3.1.1.3.2.2. */
const usualTables: Tables = {
  literals: tableOf(6, [4, 3, ...times(11, 2), ...times(3, 1), ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)]),
  offsets: tableOf(5, [...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)]),
  matches: tableOf(6, [1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)]),
};

function byteAt(block: Uint8Array, at: number): number {
  const byte = block[at];
  if (byte === undefined) throw new RangeError('torn block');
  return byte;
}

function within(block: Uint8Array, end: number): number {
  if (end > block.length) throw new RangeError('torn block');
  return end;
}

function littleEndian(block: Uint8Array, length: number): number {
  let value = 0;
  for (let at = length - 1; at >= 0; at--) value = value * 256 + byteAt(block, at);
  return value;
}
