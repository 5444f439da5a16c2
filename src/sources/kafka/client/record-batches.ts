import type { Reader } from '@platformatic/kafka';
import { isPerennialError, PerennialError } from '../../../domain/words/errors.ts';
import { brokenAnswer } from '../refusals.ts';
import type { Library } from './connection.ts';
import { decompress } from './decompress.ts';
import { natural, type Fetched } from './requests.ts';

/** One message of a partition. Both parts are views of what was fetched: copy what is kept. */
export interface KafkaRecord {
  readonly offset: number;
  /** Of the producer, or of the broker's log, as the topic is set. */
  readonly timeMs: number;
  readonly key: Buffer | null;
  /** Null says that the key is deleted. */
  readonly value: Buffer | null;
}

export interface ReadRecords {
  readonly records: readonly KafkaRecord[];
  /** Behind the last whole batch, also where it held nothing for us; null where there was no whole batch. */
  readonly next: number | null;
}

/** Offset and length stand before what the length counts. */
const headBytes = 12;
const magicOfBatches = 2;
const bits = { codec: 7, isLogTime: 8, isTransactional: 16, isControl: 32 } as const;

/**
 * The messages from `from` on, up to and without `end`, of committed transactions or of none. What a broker cut off at
 * the end is left for the next fetch. The batches of the library are not used: in them a value that is missing is an
 * empty one, no checksum is compared, and what was rolled back is left in.
 */
export function readRecords(library: Library, fetched: Fetched, from: number, end: number): ReadRecords {
  try {
    return wholeBatches(library, fetched, from, end);
  } catch (error) {
    throw isPerennialError(error) ? error : brokenAnswer('holds a batch that cannot be read');
  }
}

function wholeBatches(library: Library, { records: bytes, aborted }: Fetched, from: number, end: number): ReadRecords {
  const isAborted = abortedAt(aborted);
  const records: KafkaRecord[] = [];
  let next: number | null = null;
  for (let at = 0; bytes.length - at > headBytes;) {
    const batchEnd = at + headBytes + bytes.readUInt32BE(at + headBytes - 4);
    if (batchEnd > bytes.length) break;
    const batch = headOf(library, bytes.subarray(at, batchEnd));
    at = batchEnd;
    const { attributes, lastOffset } = batch;
    const isControl = (attributes & bits.isControl) !== 0;
    const isRolledBack = isAborted(batch, isControl ? markerOf(library, batch) : null);
    if (!isControl && !isRolledBack)
      for (const record of recordsOf(library, batch))
        if (record.offset >= from && record.offset < end) records.push(record);
    next = lastOffset + 1;
    if (next >= end) break;
  }
  return { records, next };
}

interface Batch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly attributes: number;
  readonly firstTimeMs: number;
  readonly maxTimeMs: number;
  readonly producerId: bigint;
  readonly count: number;
  readonly packed: Buffer;
}

function headOf(library: Library, bytes: Buffer): Batch {
  const reader = library.Reader.from(bytes);
  const baseOffset = natural(reader.readInt64());
  reader.skip(8);
  if (reader.readInt8() !== magicOfBatches)
    throw new PerennialError('unsupported', 'The topic holds messages in the form of brokers before Kafka 0.11.', {
      path: 'source.topic',
      hint: 'Copy them into a topic of today, or begin behind them with `startAt`.',
    });
  const crc = reader.readUnsignedInt32();
  if (library.crc32c(bytes.subarray(reader.position)) !== crc)
    throw brokenAnswer('holds a batch whose checksum is wrong');
  const attributes = reader.readInt16();
  const lastOffset = baseOffset + reader.readInt32();
  const firstTimeMs = natural(reader.readInt64());
  const maxTimeMs = natural(reader.readInt64());
  const producerId = reader.readInt64();
  reader.skip(6);
  const count = reader.readInt32();
  const packed = bytes.subarray(reader.position);
  return { baseOffset, lastOffset, attributes, firstTimeMs, maxTimeMs, producerId, count, packed };
}

/**
 * Which batches belong to a transaction that was rolled back. A broker says from where on a producer's was; it ends
 * with the marker that the broker wrote behind it.
 */
function abortedAt(aborted: Fetched['aborted']): (batch: Batch, marker: 'abort' | 'commit' | null) => boolean {
  const waiting = [...aborted].sort((left, right) => left.firstOffset - right.firstOffset);
  const open = new Set<bigint>();
  return ({ baseOffset, lastOffset, attributes, producerId }, marker) => {
    const through = marker === null ? lastOffset : baseOffset;
    while (waiting[0] !== undefined && waiting[0].firstOffset <= through) open.add(waiting.shift()?.producerId ?? -1n);
    if (marker === 'abort') open.delete(producerId);
    return marker === null && (attributes & bits.isTransactional) !== 0 && open.has(producerId);
  };
}

function markerOf(library: Library, batch: Batch): 'abort' | 'commit' | null {
  const [record] = recordsOf(library, batch);
  const { key } = record ?? { key: null };
  return key === null || key.length < 4 ? null : key.readInt16BE(2) === 0 ? 'abort' : 'commit';
}

function* recordsOf(library: Library, batch: Batch): Generator<KafkaRecord> {
  const { baseOffset, attributes, firstTimeMs, maxTimeMs, count, packed } = batch;
  const isLogTime = (attributes & bits.isLogTime) !== 0;
  const bytes = decompress(library, attributes & bits.codec, packed);
  const reader = library.Reader.from(bytes);
  for (let at = 0; at < count; at++) {
    const length = reader.readVarInt();
    const end = reader.position + length;
    reader.readInt8();
    const timeMs = firstTimeMs + natural(reader.readVarInt64());
    const offset = baseOffset + reader.readVarInt();
    const key = partOf(reader, bytes);
    const value = partOf(reader, bytes);
    // Headers are not read.
    if (end < reader.position || end > bytes.length) throw brokenAnswer('holds a message that ends outside');
    reader.position = end;
    yield { offset, timeMs: isLogTime ? maxTimeMs : timeMs, key, value };
  }
}

/** Null where there is none: `readVarIntBytes` of the library gives an empty part instead. */
function partOf(reader: Reader, bytes: Buffer): Buffer | null {
  const length = reader.readVarInt();
  if (length < 0) return null;
  const from = reader.position;
  if (from + length > bytes.length) throw brokenAnswer('holds a message that ends outside');
  reader.position = from + length;
  return bytes.subarray(from, from + length);
}
