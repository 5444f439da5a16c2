/** What Java producers put around blocks of snappy; others send one block alone. */
const xerialMagic = Buffer.from('\u0082SNAPPY\0', 'latin1');
const xerialHeadBytes = 16;

/** Unpacks raw snappy, or blocks of it as Java frames them; throws RangeError on whatever is neither. */
export function snappy(bytes: Buffer, bytesMax: number): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return block(bytes, bytesMax);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = xerialHeadBytes; at < bytes.length;) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > bytes.length) throw new RangeError('a block ends too early');
    const unpacked = block(bytes.subarray(at, at + length), bytesMax - total);
    total += unpacked.length;
    blocks.push(unpacked);
    at += length;
  }
  return Buffer.concat(blocks);
}

function block(bytes: Buffer, bytesMax: number): Buffer {
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new RangeError('it ends too early');
    return byte;
  };
  const little = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++) value += next() * 256 ** index;
    return value;
  };
  const length = lengthOf(next);
  if (length > bytesMax) throw new RangeError('it is too large');
  const out = Buffer.allocUnsafe(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = next();
    if ((tag & 3) === 0) {
      const size = (tag >> 2) + 1;
      const count = size > 60 ? little(size - 60) + 1 : size;
      if (at + count > bytes.length || end + count > length) throw new RangeError('a literal is too long');
      bytes.copy(out, end, at, at + count);
      at += count;
      end += count;
      continue;
    }
    const isShort = (tag & 3) === 1;
    const count = isShort ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = isShort ? ((tag >> 5) << 8) + next() : little((tag & 3) === 2 ? 2 : 4);
    end = repeat(out, end, back, count);
  }
  if (end !== length) throw new RangeError('it is not as long as it says');
  return out;
}

function lengthOf(next: () => number): number {
  let value = 0;
  for (let weight = 1; weight <= 128 ** 4; weight *= 128) {
    const byte = next();
    value += (byte & 0x7f) * weight;
    if ((byte & 0x80) === 0) return value;
  }
  throw new RangeError('its length has too many bytes');
}

/** Copies what was written `back` bytes before, byte by byte: it may reach into what it writes. */
export function repeat(out: Buffer, end: number, back: number, count: number): number {
  if (back < 1 || back > end || end + count > out.length) throw new RangeError('a copy reaches outside');
  for (let index = 0; index < count; index++) out[end + index] = out[end + index - back] ?? 0;
  return end + count;
}
