import type { Reader } from '@platformatic/kafka';
import { brokenAnswer } from '../refusals.ts';
import type { Ask, Library } from './connection.ts';

// The few requests that reading takes, in the oldest versions that the library speaks.

export interface ApiRange {
  readonly key: number;
  readonly min: number;
  readonly max: number;
}

export function apiVersions(): Ask<{ readonly error: number; readonly ranges: readonly ApiRange[] }> {
  return async (connection, library) => {
    const asked = library.apiVersionsV3.api.async(connection, 'perennial', '1');
    const { errorCode, apiKeys } = await answerOf(asked, library);
    return {
      error: errorCode,
      ranges: apiKeys.map(({ apiKey, minVersion, maxVersion }) => ({ key: apiKey, min: minVersion, max: maxVersion })),
    };
  };
}

/** Whether a broker speaks what is asked of it here, but for the group, which is for people alone. */
export function isSpoken(library: Library, ranges: readonly ApiRange[]): boolean {
  return [library.metadataV12, library.listOffsetsV8, library.fetchV15].every(({ api }) =>
    ranges.some(({ key, min, max }) => key === api.key && min <= api.version && api.version <= max),
  );
}

export interface Broker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly brokers: readonly Broker[];
  readonly error: number;
  readonly topicId: string;
  readonly partitions: readonly { readonly partition: number; readonly leader: number }[];
}

const topicIsNotThere = 3;

/** Never makes a topic that is not there. */
export function metadataOf(topic: string): Ask<TopicMetadata> {
  return async (connection, library) => {
    const { brokers, topics } = await answerOf(
      library.metadataV12.api.async(connection, [topic], false, false),
      library,
    );
    const [found] = topics;
    return {
      brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
      error: found?.errorCode ?? topicIsNotThere,
      topicId: found?.topicId ?? '',
      partitions: (found?.partitions ?? []).map(({ partitionIndex, leaderId }) => ({
        partition: partitionIndex,
        leader: leaderId,
      })),
    };
  };
}

/** Beside a time in epoch milliseconds: the first message that is there, and the end of what is committed. */
export const placeOf = { earliest: -2, end: -1 } as const;
const readCommitted = 1;
const noReplica = -1;
const noEpoch = -1;

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
): Ask<readonly ListedOffset[]> {
  const asked = partitions.map((partitionIndex) => ({
    partitionIndex,
    currentLeaderEpoch: noEpoch,
    timestamp: BigInt(timeMs),
  }));
  return async (connection, library) => {
    const answer = library.listOffsetsV8.api.async(connection, noReplica, readCommitted, [
      { name: topic, partitions: asked },
    ]);
    const { topics } = await answerOf(answer, library);
    return topics.flatMap((found) =>
      found.partitions.map(({ partitionIndex, errorCode, offset }) => ({
        partition: partitionIndex,
        error: errorCode,
        offset: natural(offset),
      })),
    );
  };
}

export interface FetchAsk {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly bytesMax: number;
}

export interface Fetched {
  readonly error: number;
  /** Of producers whose transactions were rolled back: from where on. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[];
  readonly records: Buffer;
}

/** How long a broker may wait for messages that it does not have. */
const fetchWaitMs = 500;

/** The answer is read here: the library takes no value for an empty one, and compares no checksum. */
export function fetchRecords({ topicId, partition, offset, bytesMax }: FetchAsk): Ask<Fetched> {
  return (connection, library) => {
    const { api, createRequest } = library.fetchV15;
    const asked = {
      partition,
      currentLeaderEpoch: noEpoch,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: noEpoch,
      partitionMaxBytes: bytesMax,
    };
    const request = () =>
      createRequest(fetchWaitMs, 1, bytesMax, readCommitted, 0, -1, [{ topicId, partitions: [asked] }], [], '');
    const read = library.createAPI<[], Fetched>(api.key, api.version, request, (_, _key, _version, reader) =>
      readFetched(reader),
    );
    return read.async(connection);
  };
}

function readFetched(reader: Reader): Fetched {
  reader.readInt32();
  const error = reader.readInt16();
  reader.readInt32();
  // One partition of one topic is asked for.
  const isHeld = (): boolean => reader.readUnsignedVarInt() > 1;
  if (error !== 0 || !isHeld()) return { error, aborted: [], records: Buffer.alloc(0) };
  reader.readUUID();
  if (!isHeld()) throw brokenAnswer('is about no partition');
  reader.readInt32();
  const found = reader.readInt16();
  // The ends of what is written and of what is committed, and the beginning.
  for (let count = 0; count < 3; count++) reader.readInt64();
  const aborted = reader.readArray(() => ({
    producerId: reader.readInt64(),
    firstOffset: natural(reader.readInt64()),
  }));
  reader.readInt32();
  return { error: found, aborted, records: reader.readBytes() };
}

/** Who keeps the offsets of a group. */
export function findCoordinator(group: string): Ask<Broker | null> {
  return async (connection, library) => {
    const asked = library.findCoordinatorV4.api.async(connection, library.FindCoordinatorKeyTypes.GROUP, [group]);
    const [found] = (await asked).coordinators;
    return found === undefined ? null : { id: found.nodeId, host: found.host, port: found.port };
  };
}

/** As a consumer that is in no group: what stands there is for people, and nobody waits for it. */
export function commitOffsets(group: string, topic: string, offsets: ReadonlyMap<number, number>): Ask<unknown> {
  const partitions = [...offsets].map(([partitionIndex, offset]) => ({
    partitionIndex,
    committedOffset: BigInt(offset),
    committedLeaderEpoch: noEpoch,
    committedMetadata: null,
  }));
  return (connection, library) =>
    library.offsetCommitV8.api.async(connection, group, -1, '', null, [{ name: topic, partitions }]);
}

/** What a broker refuses by number is thrown by the library, with the whole answer. */
async function answerOf<Answer>(asked: Promise<Answer>, library: Library): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof library.ResponseError && 'response' in error) return error.response as Answer;
    throw error;
  }
}

/** An offset or a time: no broker has one beyond 2^53. */
export function natural(value: bigint): number {
  if (BigInt.asIntN(54, value) !== value) throw brokenAnswer('holds a number beyond 2^53');
  return Number(value);
}
