import { PerennialError } from '../../../domain/words/errors.ts';

/** What a broker sent, taken apart from its beginning. Whatever does not fit is refused: a broker is foreign. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** An offset or a time: no broker has one beyond 2^53. */
  int64(): number {
    const value = Number(this.#bytes.readBigInt64BE(this.#take(8)));
    if (!Number.isSafeInteger(value)) throw brokenAnswer('holds a number beyond 2^53');
    return value;
  }

  /** Zigzag, at most 32 bits. */
  varint(): number {
    const value = this.uvarint();
    return (value >>> 1) ^ -(value & 1);
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#take(1)] ?? 0;
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value >>> 0;
    }
    throw brokenAnswer('holds a number of too many bytes');
  }

  /** Zigzag, at most 64 bits, of which 53 are believed. */
  varlong(): number {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#bytes[this.#take(1)] ?? 0;
      value += (byte & 0x7f) * weight;
      weight *= 128;
      if ((byte & 0x80) !== 0) continue;
      if (!Number.isSafeInteger(value)) throw brokenAnswer('holds a number beyond 2^53');
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw brokenAnswer('holds a number of too many bytes');
  }

  /** A view of the next bytes, not a copy. */
  bytes(length: number): Buffer {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.bytes(length).toString('utf8');
  }

  compactString(): string | null {
    const length = this.uvarint();
    return length === 0 ? null : this.bytes(length - 1).toString('utf8');
  }

  nullableBytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.bytes(length);
  }

  array<Item>(item: () => Item): Item[] {
    return this.#many(this.int32(), item);
  }

  compactArray<Item>(item: () => Item): Item[] {
    return this.#many(this.uvarint() - 1, item);
  }

  uuid(): string {
    return this.bytes(16).toString('hex');
  }

  /** Members that later brokers may add. */
  tags(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint();
      this.skip(this.uvarint());
    }
  }

  #many<Item>(count: number, item: () => Item): Item[] {
    // Each item takes a byte at least, so a count that lies cannot make a list longer than the answer.
    if (count > this.remaining) throw brokenAnswer('names more items than it holds');
    const items: Item[] = [];
    for (let at = 0; at < count; at++) items.push(item());
    return items;
  }

  #take(length: number): number {
    const from = this.#at;
    if (length < 0 || from + length > this.#bytes.length) throw brokenAnswer('ends too early');
    this.#at += length;
    return from;
  }
}

export function brokenAnswer(reason: string): PerennialError {
  return new PerennialError('unavailable', `What the broker of the source answers ${reason}.`, {
    path: 'source.brokers',
    hint: 'Check that the addresses in `source.brokers` are those of a Kafka listener, and whether it speaks TLS.',
  });
}
