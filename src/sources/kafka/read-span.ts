import { readRecords, type KafkaRecord, type ReadRecords } from './client/record-batches.ts';
import { fetchRecords } from './client/requests.ts';
import type { Cluster } from './cluster.ts';
import { AnswerOfWrongLength, MessagesTooLarge, refuseError, unavailable } from './refusals.ts';
import type { Span } from './spans.ts';

const fetchBytes = 1024 ** 2;
/** Of the first fetch of a look. */
const glanceBytes = 16 * 1024;
const lookFetchesMax = 32;
/** So often a broker may have nothing to give of what it says it has, half a second each. */
const emptyMax = 10;
const outOfRange = 1;
const unpackable = 76;

/**
 * Hands over the messages of a span in their order, until `take` answers false or the span ends. Answers the offset
 * behind what was taken: also behind what is no message, such as marks of transactions. Messages that are too large to
 * be handed out end a span before them; throws MessagesTooLarge where it begins with them.
 */
export async function readSpan(
  cluster: Cluster,
  topic: string,
  { partition, from, end }: Span,
  take: (record: KafkaRecord) => boolean,
  { bytesMax = fetchBytes, fetchesMax = Infinity }: { readonly bytesMax?: number; readonly fetchesMax?: number } = {},
): Promise<number> {
  let at = from;
  let empty = 0;
  for (let fetches = 0; at < end && fetches < fetchesMax; fetches++) {
    // oxlint-disable-next-line no-await-in-loop -- each begins where the one before it ended
    const fetched = await fetchSpan(cluster, topic, { partition, from: at, end }, bytesMax).catch((error: unknown) => {
      if (error instanceof MessagesTooLarge && at > from) return null;
      throw error;
    });
    if (fetched === null) return at;
    const { records, next } = fetched;
    if (next === null) {
      if (++empty === emptyMax)
        throw unavailable(
          `Nothing comes of ${topic}/${partition} at offset ${at}, though it ends at ${end}.`,
          'source.topic',
        );
      continue;
    }
    empty = 0;
    for (const record of records) if (!take(record)) return record.offset + 1;
    at = Math.max(at, Math.min(next, end));
  }
  return at;
}

function fetchSpan(
  cluster: Cluster,
  topic: string,
  { partition, from, end }: Span,
  bytesMax: number,
): Promise<ReadRecords> {
  const request = fetchRecords({ topicId: cluster.topicId, partition, offset: from, bytesMax });
  const asked = cluster.ask(partition, async (connection, library) => {
    const fetched = await request(connection, library);
    refuseFetch(fetched.error, topic, partition);
    return readRecords(library, fetched, from, end);
  });
  return asked.catch((error: unknown) => {
    if (error instanceof AnswerOfWrongLength && error.bytes > bytesMax)
      throw new MessagesTooLarge({ topic, partition, offset: from }, error.bytes);
    throw error;
  });
}

/**
 * Whether any message in the spans is a row. Throws MessagesTooLarge where none is, and one of them is too large.
 * Marks of transactions and deleted keys make offsets grow without one;
 * behind so much of nothing else that looking costs more than reading, a row is assumed.
 */
export async function hasRow(
  cluster: Cluster,
  topic: string,
  spans: readonly Span[],
  isRow: (partition: number, record: KafkaRecord) => boolean,
): Promise<boolean> {
  let tooLarge: MessagesTooLarge | null = null;
  for (const span of spans) {
    let isFound = false;
    const look = (record: KafkaRecord): boolean => {
      isFound = isRow(span.partition, record);
      return !isFound;
    };
    try {
      // oxlint-disable no-await-in-loop -- the next one only where this one holds nothing
      const from = await readSpan(cluster, topic, span, look, { bytesMax: glanceBytes, fetchesMax: 1 });
      if (isFound) return true;
      const end = await readSpan(cluster, topic, { ...span, from }, look, { fetchesMax: lookFetchesMax });
      // oxlint-enable no-await-in-loop
      if (isFound || end < span.end) return true;
    } catch (error) {
      if (!(error instanceof MessagesTooLarge)) throw error;
      tooLarge ??= error;
    }
  }
  if (tooLarge !== null) throw tooLarge;
  return false;
}

function refuseFetch(error: number, topic: string, partition: number): void {
  if (error === outOfRange)
    throw unavailable(`Messages of ${topic}/${partition} were removed while they were read.`, 'source.topic');
  if (error === unpackable)
    throw unavailable(`Messages of ${topic}/${partition} are packed in a way that is not handed out.`, 'source.topic');
  refuseError(error, topic);
}
