import { z } from 'zod';
import { digestOfJson } from '../../artifacts/digest.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Cursor } from '../port.ts';

/** Messages that were gone before they were read. */
export interface Gap {
  readonly partition: number;
  readonly from: number;
  /** Without this one. */
  readonly end: number;
}

/** How far a topic has been read. */
export interface KafkaCursor {
  /** Tells a topic from another one of its name; null where the broker gives none. */
  readonly topicId: string | null;
  /** The next offset of each partition. */
  readonly offsets: ReadonlyMap<number, number>;
  /** The first gaps, for people. */
  readonly gaps: readonly Gap[];
  /** Offsets in all gaps. */
  readonly lost: number;
}

/** So many gaps are named; the rest is counted. */
export const gapsMax = 20;

const natural = z.int().min(0);
const schema = z.strictObject({
  v: z.literal(1),
  topicId: z.string().nullable(),
  offsets: z.array(z.tuple([natural, natural])),
  gaps: z.array(z.tuple([natural, natural, natural])),
  lost: natural,
});

export function writeCursor({ topicId, offsets, gaps, lost }: KafkaCursor): Cursor {
  return JSON.stringify({
    v: 1,
    topicId,
    offsets: sorted(offsets),
    gaps: gaps.map(({ partition, from, end }) => [partition, from, end]),
    lost,
  });
}

export function readCursor(cursor: Cursor): KafkaCursor {
  const parsed = schema.safeParse(jsonOf(cursor));
  if (!parsed.success)
    throw new PerennialError('invalid_data', 'The stored cursor is none of a topic.', {
      path: 'source',
      hint: 'Apply the definition with any change, so that the source is read from the beginning.',
    });
  const { topicId, offsets, gaps, lost } = parsed.data;
  return {
    topicId,
    offsets: new Map(offsets),
    gaps: gaps.map(([partition, from, end]) => ({ partition, from, end })),
    lost,
  };
}

/** Names what has been read of a topic. */
export function digestOfOffsets(topicId: string | null, offsets: ReadonlyMap<number, number>): string {
  return digestOfJson({ topicId, offsets: sorted(offsets) });
}

/** The cursor as people read it. */
export function sayCursor(cursor: Cursor): string {
  return sayOffsets(readCursor(cursor).offsets);
}

const partitionsSaid = 8;

function sayOffsets(offsets: ReadonlyMap<number, number>): string {
  const all = sorted(offsets).map(([partition, offset]) => `${partition}@${offset}`);
  return all.length <= partitionsSaid
    ? all.join(', ')
    : `${all.slice(0, partitionsSaid).join(', ')} and ${all.length - partitionsSaid} more partitions`;
}

function sorted(offsets: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...offsets].sort(([left], [right]) => left - right);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
