import { Decompress } from 'fzstd';

export const frameMagic = 0xfd2fb528;

/** A block holds at most so many bytes, packed as unpacked (RFC 8878, 3.1.1.2.4). */
export const blockBytesMax = 128 * 1024;

/** What the library looks back to: the latest bytes of a frame, of which `e` says how many they are. */
interface Begun {
  w: Uint8Array;
  e: number;
}

/**
 * One frame on its way through the library, a whole block at a time; `take` gets what each unpacks to. The library
 * moves all that it looks back to for each block, and keeps the bytes that it was given until the frame ends: many
 * small blocks of a wide window would cost hours, and a large frame its own size. So what there is to look back to is
 * kept here, at most half as much again as the window, and lent. Throws TypeError for a release of the library that
 * calls these otherwise: it would take zeros for what it does not find.
 */
export class LibraryFrame {
  readonly #library: Decompress;
  readonly #window: number;
  #kept = new Uint8Array(0);
  #end = 0;

  constructor(window: number, take: (bytes: Uint8Array) => void) {
    this.#window = window;
    this.#library = new Decompress((bytes, isEnd) => {
      if (isEnd) return;
      // The library moves its window behind this: of one that is the block itself there is nothing to move.
      this.#begun().w = bytes;
      this.#keep(bytes);
      if (bytes.length > 0) take(bytes);
    });
    this.#library.push(Buffer.concat([headerFor(Math.min(window, blockBytesMax)), emptyBlocks]));
  }

  /** One whole block, with its header. */
  push(block: Uint8Array): void {
    const begun = this.#begun();
    begun.w = this.#kept.subarray(Math.max(0, this.#end - this.#window), this.#end);
    begun.e = begun.w.length;
    if (!Array.isArray(Reflect.get(this.#library, 'c'))) throw unlike();
    Reflect.set(this.#library, 'c', []);
    this.#library.push(block);
  }

  /** Behind the last block. */
  end(): void {
    this.#library.push(new Uint8Array(0), true);
  }

  #begun(): Begun {
    const begun: unknown = Reflect.get(this.#library, 's');
    if (isBegun(begun)) return begun;
    throw unlike();
  }

  #keep(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#kept.length) {
      const kept = this.#kept.subarray(Math.max(0, this.#end - this.#window), this.#end);
      const roomMax = this.#window + Math.max(blockBytesMax, this.#window / 2);
      const room = Math.ceil(Math.min(roomMax, Math.max(2 * this.#kept.length, kept.length + bytes.length)));
      // A set within the same bytes moves them.
      if (room > this.#kept.length) this.#kept = new Uint8Array(room);
      this.#kept.set(kept);
      this.#end = kept.length;
    }
    this.#kept.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}

const unlike = (): TypeError => new TypeError('this release of fzstd holds its window elsewhere');

function isBegun(value: unknown): value is Begun {
  return (
    typeof value === 'object' &&
    value !== null &&
    'w' in value &&
    value.w instanceof Uint8Array &&
    'e' in value &&
    typeof value.e === 'number'
  );
}

/** Blocks without bytes: the library begins with no fewer than 18 bytes, and what it holds is there from here on. */
const emptyBlocks = Buffer.alloc(9);

/** Of a frame that says nothing but a size, which is then its window. */
function headerFor(window: number): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(frameMagic, 0);
  header.writeUInt8(0b1010_0000, 4);
  header.writeUInt32LE(window, 5);
  return header;
}
