import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listOffsets, placeOf } from './client/requests.ts';
import type { Cluster } from './cluster.ts';
import { gapsMax, type Gap, type KafkaCursor } from './cursor-state.ts';
import { refuseError } from './refusals.ts';

/** Offsets of one partition that are there and unread. */
export interface Span {
  readonly partition: number;
  readonly from: number;
  /** Without this one. */
  readonly end: number;
}

export interface Unread {
  /** One per partition, also where nothing is unread. */
  readonly spans: readonly Span[];
  readonly gaps: readonly Gap[];
  readonly lost: number;
}

/**
 * What lies between a cursor (null for none) and the ends of the partitions as they are committed now. What the topic
 * removed before it was read is a gap. Throws invalid_data for another topic of the name, or one that was set back.
 */
export async function unreadBehind(cluster: Cluster, spec: KafkaSource, state: KafkaCursor | null): Promise<Unread> {
  const { topic } = spec;
  refuseRemade(cluster, topic, state);
  const all = cluster.partitions;
  const ends = await offsetsAt(cluster, topic, all, placeOf.end);
  const starts = await offsetsAt(cluster, topic, all, placeOf.earliest);
  const begun = await begunAt(cluster, spec, state, { starts, ends });
  const gaps: Gap[] = [];
  const spans = all.map((partition): Span => {
    const end = ends.get(partition) ?? 0;
    const start = starts.get(partition) ?? 0;
    const place = state?.offsets.get(partition);
    if (place === undefined) return { partition, from: Math.min(begun.get(partition) ?? start, end), end };
    if (place > end) throw remade(topic, `partition ${partition} ends at ${end}, before ${place}, which was read to`);
    if (place < start) gaps.push({ partition, from: place, end: start });
    return { partition, from: Math.min(Math.max(place, start), end), end };
  });
  const lost = gaps.reduce((sum, { from, end }) => sum + end - from, state?.lost ?? 0);
  return { spans, gaps: [...(state?.gaps ?? []), ...gaps].slice(0, gapsMax), lost };
}

export function unreadOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, end }) => sum + end - from, 0);
}

export function endsOf(spans: readonly Span[]): ReadonlyMap<number, number> {
  return new Map(spans.map(({ partition, end }) => [partition, end]));
}

/** Where partitions that were never read begin: a partition that is added later begins as the first ones did. */
async function begunAt(
  cluster: Cluster,
  { topic, startAt = 'earliest' }: KafkaSource,
  state: KafkaCursor | null,
  { starts, ends }: Readonly<Record<'starts' | 'ends', ReadonlyMap<number, number>>>,
): Promise<ReadonlyMap<number, number>> {
  const fresh = cluster.partitions.filter((partition) => state?.offsets.has(partition) !== true);
  if (startAt === 'earliest' || fresh.length === 0) return starts;
  const found = await offsetsAt(cluster, topic, fresh, Date.parse(startAt));
  // Below zero where nothing is of that time: then the next message is.
  return new Map(
    [...found].map(([partition, offset]) => [partition, offset < 0 ? (ends.get(partition) ?? 0) : offset]),
  );
}

async function offsetsAt(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  timeMs: number,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  for (const led of cluster.byLeader(partitions)) {
    const [first = 0] = led;
    // oxlint-disable-next-line no-await-in-loop -- one request to each broker
    for (const { partition, error, offset } of await cluster.ask(first, listOffsets(topic, led, timeMs))) {
      refuseError(error, topic);
      found.set(partition, offset);
    }
  }
  return found;
}

function refuseRemade(cluster: Cluster, topic: string, state: KafkaCursor | null): void {
  if (state === null) return;
  if (state.topicId !== null && state.topicId !== cluster.topicId)
    throw remade(topic, 'it is not the one that was read');
  const gone = [...state.offsets.keys()].find((partition) => !cluster.partitions.includes(partition));
  if (gone !== undefined) throw remade(topic, `it has no partition ${gone} any more`);
}

function remade(topic: string, how: string): PerennialError {
  return new PerennialError('invalid_data', `The topic ${topic} was made again or set back: ${how}.`, {
    path: 'source.topic',
    hint: 'Apply the definition with any change, so that the topic is read from the beginning.',
  });
}
