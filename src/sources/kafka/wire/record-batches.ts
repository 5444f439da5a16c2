import { PerennialError } from '../../../domain/words/errors.ts';
import type { Fetched } from './apis.ts';
import { crc32c } from './crc32c.ts';
import { decompress } from './decompress.ts';
import { brokenAnswer, WireReader } from './wire-reader.ts';

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
 * the end is left for the next fetch.
 */
export function readRecords({ records: bytes, aborted }: Fetched, from: number, end: number): ReadRecords {
  const isAborted = abortedAt(aborted);
  const reader = new WireReader(bytes);
  const records: KafkaRecord[] = [];
  let next: number | null = null;
  while (reader.remaining > headBytes) {
    const baseOffset = reader.int64();
    const length = reader.int32();
    if (length > reader.remaining) break;
    const batch = headOf(reader.bytes(length), baseOffset);
    const { attributes, lastOffset } = batch;
    const isControl = (attributes & bits.isControl) !== 0;
    const isRolledBack = isAborted(batch, isControl ? markerOf(batch) : null);
    if (!isControl && !isRolledBack)
      for (const record of recordsOf(batch)) if (record.offset >= from && record.offset < end) records.push(record);
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
  readonly producerId: number;
  readonly count: number;
  readonly packed: Buffer;
}

function headOf(bytes: Buffer, baseOffset: number): Batch {
  const reader = new WireReader(bytes);
  reader.int32();
  const magic = reader.int8();
  if (magic !== magicOfBatches)
    throw new PerennialError('unsupported', 'The topic holds messages in the form of brokers before Kafka 0.11.', {
      path: 'source.topic',
      hint: 'Copy them into a topic of today, or begin behind them with `startAt`.',
    });
  const crc = reader.uint32();
  if (crc32c(bytes.subarray(reader.position)) !== crc) throw brokenAnswer('holds a batch whose checksum is wrong');
  const attributes = reader.int16();
  const lastOffset = baseOffset + reader.int32();
  const firstTimeMs = reader.int64();
  const maxTimeMs = reader.int64();
  const producerId = reader.int64();
  reader.int16();
  reader.int32();
  const count = reader.int32();
  const packed = reader.bytes(reader.remaining);
  return { baseOffset, lastOffset, attributes, firstTimeMs, maxTimeMs, producerId, count, packed };
}

/**
 * Which batches belong to a transaction that was rolled back. A broker says from where on a producer's was; it ends
 * with the marker that the broker wrote behind it.
 */
function abortedAt(aborted: Fetched['aborted']): (batch: Batch, marker: 'abort' | 'commit' | null) => boolean {
  const waiting = [...aborted].sort((left, right) => left.firstOffset - right.firstOffset);
  const open = new Set<number>();
  return ({ baseOffset, lastOffset, attributes, producerId }, marker) => {
    const through = marker === null ? lastOffset : baseOffset;
    while (waiting[0] !== undefined && waiting[0].firstOffset <= through) open.add(waiting.shift()?.producerId ?? -1);
    if (marker === 'abort') open.delete(producerId);
    return marker === null && (attributes & bits.isTransactional) !== 0 && open.has(producerId);
  };
}

function markerOf(batch: Batch): 'abort' | 'commit' | null {
  const [record] = recordsOf(batch);
  const { key } = record ?? { key: null };
  return key === null || key.length < 4 ? null : key.readInt16BE(2) === 0 ? 'abort' : 'commit';
}

function* recordsOf({ baseOffset, attributes, firstTimeMs, maxTimeMs, count, packed }: Batch): Generator<KafkaRecord> {
  const isLogTime = (attributes & bits.isLogTime) !== 0;
  const reader = new WireReader(decompress(attributes & bits.codec, packed));
  for (let at = 0; at < count; at++) {
    const length = reader.varint();
    const end = reader.position + length;
    reader.int8();
    const timeMs = firstTimeMs + reader.varlong();
    const offset = baseOffset + reader.varint();
    const key = partOf(reader);
    const value = partOf(reader);
    // Headers are not read.
    reader.skip(end - reader.position);
    yield { offset, timeMs: isLogTime ? maxTimeMs : timeMs, key, value };
  }
}

function partOf(reader: WireReader): Buffer | null {
  const length = reader.varint();
  return length < 0 ? null : reader.bytes(length);
}
