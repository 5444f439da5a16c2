import type { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

// The few requests that reading takes, in versions that brokers have spoken since Kafka 2.1 and speak today.

/** One request and how its answer is read. */
export interface Api<Answer> {
  readonly key: number;
  readonly version: number;
  /** Versions since 2020 have tags in the heads of request and answer. */
  readonly isFlexible?: boolean;
  readonly body: Buffer;
  readonly read: (reader: WireReader) => Answer;
}

export interface ApiRange {
  readonly key: number;
  readonly min: number;
  readonly max: number;
}

export function apiVersions(): Api<{ readonly error: number; readonly ranges: readonly ApiRange[] }> {
  return {
    key: 18,
    version: 0,
    body: Buffer.alloc(0),
    read: (reader) => ({
      error: reader.int16(),
      ranges: reader.array(() => ({ key: reader.int16(), min: reader.int16(), max: reader.int16() })),
    }),
  };
}

export function saslHandshake(mechanism: string): Api<{ readonly error: number; readonly offered: readonly string[] }> {
  return {
    key: 17,
    version: 1,
    body: new WireWriter().string(mechanism).toBuffer(),
    read: (reader) => ({ error: reader.int16(), offered: reader.array(() => reader.string()) }),
  };
}

export function saslAuthenticate(bytes: Buffer): Api<{ readonly error: number; readonly bytes: Buffer }> {
  return {
    key: 36,
    version: 0,
    body: new WireWriter().bytes(bytes).toBuffer(),
    read: (reader) => {
      const error = reader.int16();
      reader.nullableString();
      return { error, bytes: reader.nullableBytes() ?? Buffer.alloc(0) };
    },
  };
}

export interface Broker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly brokers: readonly Broker[];
  readonly error: number;
  /** Null of a broker that gives topics no ids (before Kafka 2.8). */
  readonly topicId: string | null;
  readonly partitions: readonly { readonly error: number; readonly partition: number; readonly leader: number }[];
}

const noId = '0'.repeat(32);
const metadataKey = 3;
const metadataVersionOfIds = 12;

/** Never makes a topic that is not there. */
export function metadataOf(topic: string, ranges: readonly ApiRange[]): Api<TopicMetadata> {
  const hasIds = ranges.some(({ key, max }) => key === metadataKey && max >= metadataVersionOfIds);
  return hasIds ? metadata12(topic) : metadata5(topic);
}

function metadata12(topic: string): Api<TopicMetadata> {
  return {
    key: metadataKey,
    version: metadataVersionOfIds,
    isFlexible: true,
    body: new WireWriter()
      .uvarint(2)
      .raw(Buffer.alloc(16))
      .compactString(topic)
      .uvarint(0)
      .bool(false)
      .bool(false)
      .uvarint(0)
      .toBuffer(),
    read(reader) {
      reader.int32();
      const brokers = reader.compactArray(() => {
        const broker = { id: reader.int32(), host: reader.compactString() ?? '', port: reader.int32() };
        reader.compactString();
        reader.tags();
        return broker;
      });
      reader.compactString();
      reader.int32();
      const [found] = reader.compactArray(() => {
        const error = reader.int16();
        reader.compactString();
        const topicId = reader.uuid();
        reader.int8();
        const partitions = reader.compactArray(() => {
          const partition = { error: reader.int16(), partition: reader.int32(), leader: reader.int32() };
          reader.int32();
          for (let list = 0; list < 3; list++) reader.compactArray(() => reader.int32());
          reader.tags();
          return partition;
        });
        reader.int32();
        reader.tags();
        return { error, topicId: topicId === noId ? null : topicId, partitions };
      });
      return { brokers, error: 3, topicId: null, partitions: [], ...found };
    },
  };
}

function metadata5(topic: string): Api<TopicMetadata> {
  return {
    key: metadataKey,
    version: 5,
    body: new WireWriter().int32(1).string(topic).bool(false).toBuffer(),
    read(reader) {
      reader.int32();
      const brokers = reader.array(() => {
        const broker = { id: reader.int32(), host: reader.string(), port: reader.int32() };
        reader.nullableString();
        return broker;
      });
      reader.nullableString();
      reader.int32();
      const [found] = reader.array(() => {
        const error = reader.int16();
        reader.string();
        reader.int8();
        const partitions = reader.array(() => {
          const partition = { error: reader.int16(), partition: reader.int32(), leader: reader.int32() };
          for (let list = 0; list < 3; list++) reader.array(() => reader.int32());
          return partition;
        });
        return { error, topicId: null, partitions };
      });
      return { brokers, error: 3, topicId: null, partitions: [], ...found };
    },
  };
}

/** Beside a time in epoch milliseconds: the first message that is there, and the end of what is committed. */
export const placeOf = { earliest: -2, end: -1 } as const;
const readCommitted = 1;

export interface ListedOffset {
  readonly partition: number;
  readonly error: number;
  /** Below 0 where no message is of that time or later. */
  readonly offset: number;
}

export function listOffsets(
  topic: string,
  partitions: readonly number[],
  timeMs: number,
): Api<readonly ListedOffset[]> {
  const writer = new WireWriter().int32(-1).int8(readCommitted).int32(1).string(topic).int32(partitions.length);
  for (const partition of partitions) writer.int32(partition).int64(timeMs);
  return {
    key: 2,
    version: 2,
    body: writer.toBuffer(),
    read(reader) {
      reader.int32();
      return reader
        .array(() => {
          reader.string();
          return reader.array(() => {
            const partition = reader.int32();
            const error = reader.int16();
            reader.int64();
            return { partition, error, offset: reader.int64() };
          });
        })
        .flat();
    },
  };
}

export interface FetchAsk {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly bytesMax: number;
}

export interface Fetched {
  readonly error: number;
  readonly logStart: number;
  /** Of producers whose transactions were rolled back: from where on. */
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
  readonly records: Buffer;
}

/** How long a broker may wait for messages that it does not have. */
export const fetchWaitMs = 500;

export function fetchRecords({ topic, partition, offset, bytesMax }: FetchAsk): Api<Fetched> {
  return {
    key: 1,
    version: 10,
    body: new WireWriter()
      .int32(-1)
      .int32(fetchWaitMs)
      .int32(1)
      .int32(bytesMax)
      .int8(readCommitted)
      .int32(0)
      .int32(-1)
      .int32(1)
      .string(topic)
      .int32(1)
      .int32(partition)
      .int32(-1)
      .int64(offset)
      .int64(-1)
      .int32(bytesMax)
      .int32(0)
      .toBuffer(),
    read(reader) {
      reader.int32();
      const whole = reader.int16();
      reader.int32();
      const [found] = reader
        .array(() => {
          reader.string();
          return reader.array(() => {
            reader.int32();
            const error = reader.int16();
            reader.int64();
            reader.int64();
            const logStart = reader.int64();
            const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
            return { error, logStart, aborted, records: reader.nullableBytes() ?? Buffer.alloc(0) };
          });
        })
        .flat();
      return found !== undefined && whole === 0
        ? found
        : { error: whole, logStart: -1, aborted: [], records: Buffer.alloc(0) };
    },
  };
}

/** Who keeps the offsets of a group. */
export function findCoordinator(group: string): Api<Broker & { readonly error: number }> {
  return {
    key: 10,
    version: 1,
    body: new WireWriter().string(group).int8(0).toBuffer(),
    read(reader) {
      reader.int32();
      const error = reader.int16();
      reader.nullableString();
      return { error, id: reader.int32(), host: reader.string(), port: reader.int32() };
    },
  };
}

/** As a consumer that is in no group: what stands there is for people, and nobody waits for it. */
export function commitOffsets(
  group: string,
  topic: string,
  offsets: ReadonlyMap<number, number>,
): Api<readonly number[]> {
  const writer = new WireWriter().string(group).int32(-1).string('').int64(-1);
  writer.int32(1).string(topic).int32(offsets.size);
  for (const [partition, offset] of offsets) writer.int32(partition).int64(offset).string(null);
  return {
    key: 8,
    version: 2,
    body: writer.toBuffer(),
    read: (reader) =>
      reader
        .array(() => {
          reader.string();
          return reader.array(() => {
            reader.int32();
            return reader.int16();
          });
        })
        .flat(),
  };
}
