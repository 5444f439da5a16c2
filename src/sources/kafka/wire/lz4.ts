import { repeat } from './snappy.ts';

const magic = 0x184d2204;
/** Of one block, by the head of a frame. */
const blockBytes = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 ** 2, 7: 4 * 1024 ** 2 } as const;

/**
 * Unpacks one frame of LZ4. Its checksums are not looked at: the batch around it has one. Throws RangeError on what is
 * none.
 */
export function lz4Frame(bytes: Buffer, bytesMax: number): Buffer {
  if (bytes.readUInt32LE(0) !== magic) throw new RangeError('it is no frame');
  const flags = bytes.readUInt8(4);
  const size = (bytes.readUInt8(5) >> 4) & 7;
  const blockMax = blockBytes[size as keyof typeof blockBytes];
  if (flags >> 6 !== 1 || blockMax === undefined || (flags & 1) === 1) throw new RangeError('its head is not known');
  const isIndependent = (flags & 0x20) !== 0;
  const checksumBytes = (flags & 0x10) === 0 ? 0 : 4;
  const parts: Buffer[] = [];
  let total = 0;
  // The head: magic, flags, size of blocks, perhaps the size of all, checksum.
  let at = 7 + ((flags & 8) === 0 ? 0 : 8);
  for (;;) {
    const word = bytes.readUInt32LE(at);
    at += 4;
    if (word === 0) return Buffer.concat(parts);
    const length = word & 0x7fffffff;
    if (at + length > bytes.length) throw new RangeError('a block ends too early');
    const packed = bytes.subarray(at, at + length);
    const before = isIndependent ? Buffer.alloc(0) : tail(parts);
    const part = word >>> 31 === 1 ? packed : lz4Block(packed, blockMax, before);
    total += part.length;
    if (total > bytesMax) throw new RangeError('it is too large');
    parts.push(part);
    at += length + checksumBytes;
  }
}

const windowBytes = 65_536;

/** Linked blocks look back into what came before them. */
function tail(parts: readonly Buffer[]): Buffer {
  const kept: Buffer[] = [];
  let length = 0;
  for (let index = parts.length - 1; index >= 0 && length < windowBytes; index--) {
    const part = parts[index] ?? Buffer.alloc(0);
    kept.unshift(part);
    length += part.length;
  }
  return Buffer.concat(kept).subarray(-windowBytes);
}

function lz4Block(bytes: Buffer, bytesMax: number, before: Buffer): Buffer {
  const out = Buffer.allocUnsafe(before.length + bytesMax);
  before.copy(out);
  let end = before.length;
  let at = 0;
  const more = (nibble: number): number => {
    let length = nibble;
    if (nibble !== 15) return length;
    for (;;) {
      const byte = bytes.readUInt8(at++);
      length += byte;
      if (byte !== 255) return length;
    }
  };
  while (at < bytes.length) {
    const token = bytes.readUInt8(at++);
    const literals = more(token >> 4);
    if (at + literals > bytes.length || end + literals > out.length) throw new RangeError('a literal is too long');
    bytes.copy(out, end, at, at + literals);
    at += literals;
    end += literals;
    // The last sequence has no copy.
    if (at >= bytes.length) break;
    const back = bytes.readUInt16LE(at);
    at += 2;
    end = repeat(out, end, back, more(token & 15) + 4);
  }
  return out.subarray(before.length, end);
}
