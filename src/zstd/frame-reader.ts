import { blockBytesMax, frameMagic, LibraryFrame } from './library-frame.ts';
import { PackedBlocks } from './packed-block.ts';
import { unsupported } from './unsupported.ts';

/** The 64-bit xxHash of what was added, as `xxhash-wasm` makes it. */
interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(): bigint;
}

/** What of a frame is read next; a whole unit is at hand before it is. */
type Unit = 'magic' | 'skippable size' | 'descriptor' | 'header' | 'block header' | 'block' | 'checksum';

const unitBytes = { magic: 4, 'skippable size': 4, descriptor: 1, 'block header': 3, checksum: 4 } as const;

const skippableMagic = 0x184d2a50;

/** What a frame may ask to be kept of its past; the tools of zstd refuse more too, unless they are told otherwise. */
export const windowBytesMax = 128 * 1024 ** 2;

/**
 * Reads frames of zstd (RFC 8878, 3.1) as their bytes come. What is held: the bytes of one block, what it unpacks to,
 * and of what came before at most the window that the frame asks for and half as much again. A size that a frame
 * carries is held, and a checksum where `digests` makes digests. Throws RangeError, or what the library throws, for
 * bytes that are no zstd, damaged or torn, and `unsupported` for a larger window or a dictionary.
 */
export class FrameReader {
  readonly #digests: (() => Digest) | null;
  readonly #bytesMax: number;
  #unit: Unit = 'magic';
  #need: number = unitBytes.magic;
  #skip = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #unpacked: Uint8Array[] = [];
  #digest: Digest | null = null;
  #flags = 0;
  #window = 0;
  /** What the frame says that it unpacks to; null where it does not. */
  #size: number | null = null;
  #bytes = 0;
  #packed = new PackedBlocks();
  /** Null before the first block that holds anything: a window that nobody needs is not made. */
  #frame: LibraryFrame | null = null;
  #blockHeader: Buffer = Buffer.alloc(0);

  /** No frame unpacks to more than `bytesMax`, as far as the caller cares. */
  constructor(digests: (() => Digest) | null, bytesMax = Infinity) {
    this.#digests = digests;
    this.#bytesMax = bytesMax;
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
        return this.#takeBlock(unit);
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
    this.#frame = null;
    this.#packed = new PackedBlocks();
    this.#bytes = 0;
    this.#expect('descriptor');
  }

  /** RFC 8878, 3.1.1.1.1: flags that say how long the rest of the header is. */
  #takeDescriptor(unit: Buffer): void {
    const flags = unit.readUInt8(0);
    if ((flags & 8) !== 0) throw new RangeError('reserved flag');
    this.#digest = hasChecksum(flags) && this.#digests !== null ? this.#digests() : null;
    const { windowBytes, dictionaryBytes, sizeBytes } = headerOf(flags);
    this.#unit = 'header';
    this.#need = windowBytes + dictionaryBytes + sizeBytes;
    this.#flags = flags;
  }

  #takeHeader(unit: Buffer): void {
    const { windowBytes, dictionaryBytes, sizeBytes } = headerOf(this.#flags);
    const dictionary = unit.subarray(windowBytes, windowBytes + dictionaryBytes);
    if (dictionary.some((byte) => byte !== 0)) throw unsupported('needs a dictionary');
    this.#size = sizeBytes === 0 ? null : littleEndian(unit.subarray(windowBytes + dictionaryBytes), sizeBytes);
    const window = windowBytes === 0 ? (this.#size ?? 0) : windowOf(unit);
    if (window > windowBytesMax) throw unsupported(`needs a window of more than ${windowBytesMax / 1024 ** 2} MiB`);
    this.#window = Math.min(window, this.#size ?? window, this.#bytesMax);
    this.#expect('block header');
  }

  /** RFC 8878, 3.1.1.2: whether it is the last, how it is packed, and how long it is. */
  #takeBlockHeader(unit: Buffer): void {
    const { length, kind } = blockOf(unit);
    if (length > (kind === 'packed' ? blockBytesMax : this.#blockMax)) throw new RangeError('block too large');
    this.#blockHeader = unit;
    this.#unit = 'block';
    this.#need = kind === 'repeated' ? 1 : length;
    if (this.#need === 0) this.#take(Buffer.alloc(0));
  }

  get #blockMax(): number {
    return Math.min(blockBytesMax, this.#window);
  }

  #takeBlock(unit: Buffer): void {
    const { length, kind, isLast } = blockOf(this.#blockHeader);
    if (kind === 'packed') this.#packed.check(unit, this.#blockMax);
    // An empty one costs as much as a full one and gives nothing; of the last one the library must hear.
    if (length > 0 || (isLast && this.#frame !== null)) this.#unpack(Buffer.concat([this.#blockHeader, unit]));
    return isLast ? this.#endOfBlocks() : this.#expect('block header');
  }

  #unpack(block: Buffer): void {
    this.#frame ??= new LibraryFrame(this.#window, (bytes) => {
      this.#bytes += bytes.length;
      if (this.#size !== null && this.#bytes > this.#size) throw new RangeError('size');
      this.#digest?.update(bytes);
      this.#unpacked.push(bytes);
    });
    this.#frame.push(block);
  }

  #endOfBlocks(): void {
    this.#frame?.end();
    if (this.#size !== null && this.#bytes !== this.#size) throw new RangeError('size');
    this.#expect(hasChecksum(this.#flags) ? 'checksum' : 'magic');
  }

  #takeChecksum(unit: Buffer): void {
    if (this.#digest !== null && (this.#digest.digest() & 0xffff_ffffn) !== BigInt(unit.readUInt32LE(0)))
      throw new RangeError('checksum');
    this.#expect('magic');
  }
}

const hasChecksum = (flags: number): boolean => (flags & 4) !== 0;

const blockKinds = ['plain', 'repeated', 'packed'] as const;

function blockOf(header: Buffer) {
  const bits = header.readUIntLE(0, header.length);
  const kind = blockKinds[(bits >> 1) & 3];
  if (kind === undefined) throw new RangeError('kind of block');
  return { isLast: (bits & 1) !== 0, kind, length: bits >> 3 };
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
