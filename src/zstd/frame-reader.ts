import { Decompress } from 'fzstd';
import { PerennialError } from '../domain/words/errors.ts';

/** The 64-bit xxHash of what was added, as `xxhash-wasm` makes it. */
interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(): bigint;
}

/** What of a frame is read next; a whole unit is at hand before it is. */
type Unit = 'magic' | 'skippable size' | 'descriptor' | 'header' | 'block header' | 'block' | 'checksum';

const unitBytes = { magic: 4, 'skippable size': 4, descriptor: 1, 'block header': 3, checksum: 4 } as const;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** A block holds at most so many bytes, packed as unpacked (RFC 8878, 3.1.1.2.4). */
const blockBytesMax = 128 * 1024;

/** What a frame may ask to be kept of its past; the tools of zstd refuse more too, unless they are told otherwise. */
export const windowBytesMax = 128 * 1024 ** 2;

/**
 * Reads frames of zstd (RFC 8878, 3.1) as their bytes come. What is held: the bytes of one block, what it unpacks to,
 * and the window that the frame asks for, of which the library takes the size on trust. A checksum that a frame
 * carries is held where `digests` makes digests. Throws RangeError, or what the library throws, for bytes that are no
 * zstd, damaged or torn, and `unsupported` for a larger window or a dictionary.
 */
export class FrameReader {
  readonly #digests: (() => Digest) | null;
  #unit: Unit = 'magic';
  #need: number = unitBytes.magic;
  #skip = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #unpacked: Uint8Array[] = [];
  #frame = new Decompress();
  #digest: Digest | null = null;
  #flags = 0;
  #hasChecksum = false;
  #isLastBlock = false;

  constructor(digests: (() => Digest) | null) {
    this.#digests = digests;
  }

  /** What so many more bytes unpack to, block by block: whoever does not ask for the next one waits with it. */
  *read(bytes: Buffer): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - at);
        this.#skip -= skipped;
        at += skipped;
        continue;
      }
      const part = bytes.subarray(at, at + this.#need - this.#heldBytes);
      at += part.length;
      this.#held.push(part);
      this.#heldBytes += part.length;
      if (this.#heldBytes < this.#need) break;
      const [first] = this.#held;
      const unit = this.#held.length === 1 && first !== undefined ? first : Buffer.concat(this.#held);
      this.#held = [];
      this.#heldBytes = 0;
      this.#take(unit);
      yield* this.#unpacked.splice(0);
    }
  }

  /** Nothing comes any more: throws where a frame is not at its end. */
  end(): void {
    if (this.#unit !== 'magic' || this.#heldBytes > 0 || this.#skip > 0) throw new RangeError('torn');
  }

  #take(unit: Buffer): void {
    switch (this.#unit) {
      case 'magic':
        return this.#takeMagic(unit);
      case 'skippable size':
        this.#skip = unit.readUInt32LE(0);
        return this.#expect('magic');
      case 'descriptor':
        return this.#takeDescriptor(unit);
      case 'header':
        return this.#takeHeader(unit);
      case 'block header':
        return this.#takeBlockHeader(unit);
      case 'block':
        this.#frame.push(unit);
        return this.#isLastBlock ? this.#endOfBlocks() : this.#expect('block header');
      case 'checksum':
        return this.#takeChecksum(unit);
    }
  }

  #expect(unit: Exclude<Unit, 'header' | 'block'>): void {
    this.#unit = unit;
    this.#need = unitBytes[unit];
  }

  #takeMagic(unit: Buffer): void {
    const magic = unit.readUInt32LE(0);
    if ((magic & ~0xf) >>> 0 === skippableMagic) return this.#expect('skippable size');
    if (magic !== frameMagic) throw new RangeError('no frame');
    this.#frame = new Decompress((bytes) => {
      if (bytes.length === 0) return;
      this.#digest?.update(bytes);
      this.#unpacked.push(bytes);
    });
    this.#expect('descriptor');
  }

  /** RFC 8878, 3.1.1.1.1: flags that say how long the rest of the header is. */
  #takeDescriptor(unit: Buffer): void {
    const flags = unit.readUInt8(0);
    this.#hasChecksum = (flags & 4) !== 0;
    this.#digest = this.#hasChecksum && this.#digests !== null ? this.#digests() : null;
    const { windowBytes, dictionaryBytes, sizeBytes } = headerOf(flags);
    this.#unit = 'header';
    this.#need = windowBytes + dictionaryBytes + sizeBytes;
    this.#flags = flags;
  }

  #takeHeader(unit: Buffer): void {
    const { windowBytes, dictionaryBytes, sizeBytes } = headerOf(this.#flags);
    const dictionary = unit.subarray(windowBytes, windowBytes + dictionaryBytes);
    if (dictionary.some((byte) => byte !== 0)) throw unsupported('needs a dictionary');
    const window = windowBytes === 0 ? littleEndian(unit.subarray(dictionaryBytes), sizeBytes) : windowOf(unit);
    if (window > windowBytesMax) throw unsupported(`needs a window of more than ${windowBytesMax / 1024 ** 2} MiB`);
    const start = Buffer.alloc(unitBytes.magic + unitBytes.descriptor);
    start.writeUInt32LE(frameMagic);
    start.writeUInt8(this.#flags, unitBytes.magic);
    this.#frame.push(Buffer.concat([start, unit]));
    this.#expect('block header');
  }

  /** RFC 8878, 3.1.1.2: whether it is the last, how it is packed, and how long it is. */
  #takeBlockHeader(unit: Buffer): void {
    const header = unit.readUIntLE(0, unit.length);
    const length = header >> 3;
    const isOneByteRepeated = ((header >> 1) & 3) === 1;
    if (length > blockBytesMax) throw new RangeError('block too large');
    this.#isLastBlock = (header & 1) !== 0;
    this.#frame.push(unit);
    this.#unit = 'block';
    this.#need = isOneByteRepeated ? 1 : length;
    if (this.#need === 0) this.#take(Buffer.alloc(0));
  }

  #endOfBlocks(): void {
    if (this.#hasChecksum) return this.#expect('checksum');
    this.#frame.push(Buffer.alloc(0), true);
    this.#expect('magic');
  }

  #takeChecksum(unit: Buffer): void {
    this.#frame.push(unit, true);
    if (this.#digest !== null && (this.#digest.digest() & 0xffff_ffffn) !== BigInt(unit.readUInt32LE(0)))
      throw new RangeError('checksum');
    this.#expect('magic');
  }
}

/** How many bytes the parts of a header have (RFC 8878, 3.1.1.1.1); without a window, the size stands for it. */
function headerOf(flags: number): { windowBytes: number; dictionaryBytes: number; sizeBytes: number } {
  const isSingleSegment = (flags & 0x20) !== 0;
  const sizeFlag = flags >> 6;
  return {
    windowBytes: isSingleSegment ? 0 : 1,
    dictionaryBytes: [0, 1, 2, 4][flags & 3] ?? 0,
    sizeBytes: sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag,
  };
}

/** RFC 8878, 3.1.1.1.2. */
function windowOf(header: Buffer): number {
  const byte = header.readUInt8(0);
  return 2 ** (10 + (byte >> 3)) * (1 + (byte & 7) / 8);
}

/** Exact below 2^53; two bytes stand for 256 more than they say (RFC 8878, 3.1.1.1.4). */
function littleEndian(bytes: Buffer, length: number): number {
  const value = bytes.subarray(0, length).reduceRight((sum, byte) => sum * 256 + byte, 0);
  return length === 2 ? value + 256 : value;
}

const unsupported = (why: string): PerennialError =>
  new PerennialError('unsupported', `what is packed with zstd ${why}, which this Node cannot give`, {
    hint: 'Pack it anew without `--long`, `--ultra` or `-D`, or run Node 22.15 or later.',
  });
