import { open } from 'node:fs/promises';
import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { KafkaRecord } from './client/record-batches.ts';
import type { Cluster } from './cluster.ts';
import type { Line, lineMaker } from './line-of.ts';
import { readSpan } from './read-span.ts';
import { MessagesTooLarge } from './refusals.ts';
import type { Span } from './spans.ts';

/** Messages of some offsets, as lines of one file. */
export interface BatchOfMessages {
  readonly rows: number;
  readonly undecodable: number;
  /** The first line that is no row. */
  readonly firstUndecodable: string | null;
  /** What was read, from where to where. */
  readonly read: readonly Span[];
  /** What a person should know of it, one sentence each. */
  readonly notes: readonly string[];
}

interface Bounds {
  readonly rowsMax: number;
  readonly bytesMax: number;
}

/** Of one partition, in its order. */
interface Taken {
  readonly timeMs: number;
  readonly line: Line;
}

const writeBytes = 1024 ** 2;

/**
 * Reads at most so many messages and bytes, an even share of each partition, and writes them as lines: rows by the time
 * of their messages, those of one partition in its order, and behind them what is no row. Throws MessagesTooLarge where
 * nothing else is left.
 */
export async function readBatch(
  cluster: Cluster,
  { topic }: KafkaSource,
  ask: {
    readonly spans: readonly Span[];
    readonly bounds: Bounds;
    readonly lineOf: ReturnType<typeof lineMaker>;
    readonly file: string;
  },
): Promise<BatchOfMessages> {
  const { spans, bounds, lineOf, file } = ask;
  const unread = spans.filter(({ from, end }) => from < end);
  const rowsEach = Math.max(1, Math.floor(bounds.rowsMax / Math.max(1, unread.length)));
  const bytesEach = Math.max(1, Math.floor(bounds.bytesMax / Math.max(1, unread.length)));
  const taken: Taken[] = [];
  const read: Span[] = [];
  let withoutValue = 0;
  let tooLarge: MessagesTooLarge | null = null;
  for (const span of unread.slice(0, bounds.rowsMax)) {
    let rows = 0;
    let bytes = 0;
    let timeMs = 0;
    const take = ({ value, ...record }: KafkaRecord): boolean => {
      if (value === null) {
        withoutValue++;
        return true;
      }
      // Never earlier than the one before it in its partition.
      timeMs = Math.max(timeMs, record.timeMs);
      taken.push({ timeMs, line: lineOf(span.partition, { ...record, value }) });
      rows++;
      bytes += value.length + (record.key?.length ?? 0);
      return rows < rowsEach && bytes < bytesEach;
    };
    try {
      // oxlint-disable-next-line no-await-in-loop -- one partition after the other: what is held is bounded
      const end = await readSpan(cluster, topic, span, take);
      read.push({ ...span, end });
    } catch (error) {
      if (!(error instanceof MessagesTooLarge)) throw error;
      tooLarge ??= error;
    }
  }
  // One partition that cannot be read on keeps none of the others from being read to its end.
  if (read.length === 0 && tooLarge !== null) throw tooLarge;
  const rows = taken.filter(({ line }) => line.isRow).sort((left, right) => left.timeMs - right.timeMs);
  const others = taken.filter(({ line }) => !line.isRow);
  await writeLines(file, [...rows, ...others]);
  return {
    rows: rows.length,
    undecodable: others.length,
    firstUndecodable: others[0]?.line.text ?? null,
    read,
    notes: notesOf({ topic, read, withoutValue, undecodable: others.length, lines: rows }),
  };
}

async function writeLines(file: string, taken: readonly Taken[]): Promise<void> {
  const handle = await open(file, 'w');
  try {
    let text = '';
    for (const { line } of taken) {
      text += `${line.text}\n`;
      if (text.length < writeBytes) continue;
      // oxlint-disable-next-line no-await-in-loop -- one piece after the other
      await handle.appendFile(text);
      text = '';
    }
    await handle.appendFile(text);
  } finally {
    await handle.close();
  }
}

const partitionsSaid = 8;
const idsSaid = 5;

function notesOf(found: {
  readonly topic: string;
  readonly read: readonly Span[];
  readonly withoutValue: number;
  readonly undecodable: number;
  readonly lines: readonly Taken[];
}): readonly string[] {
  const { topic, read, withoutValue, undecodable, lines } = found;
  const notes = [`Of ${topic}: ${saySpans(read, partitionsSaid)}`];
  if (withoutValue > 0) notes.push(`${sayMany(withoutValue, 'message')} without a value left out: they delete a key`);
  if (undecodable > 0) notes.push(`${sayMany(undecodable, 'message')} in quarantine, which cannot be decoded`);
  const ids = [...new Set(lines.flatMap(({ line }) => line.schemaId ?? []))].sort((left, right) => left - right);
  const more = ids.length > idsSaid ? ` and ${ids.length - idsSaid} more` : '';
  if (ids.length > 0)
    notes.push(
      `Ids of a registry not looked at, the declared schema read them: ${ids.slice(0, idsSaid).join(', ')}${more}`,
    );
  return notes;
}

/** `partition 0 offsets 10–19, partition 1 offsets 5–7`. */
export function saySpans(spans: readonly Span[], countMax: number): string {
  const said = spans
    .slice(0, countMax)
    .map(({ partition, from, end }) => `partition ${partition} offsets ${from}–${end - 1}`);
  return spans.length > countMax ? `${said.join(', ')} and ${spans.length - countMax} more` : said.join(', ');
}
