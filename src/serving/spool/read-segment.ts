import { reasonOf } from '../../domain/words/reason-of.ts';
import type { SpoolRecord } from '../../domain/record/records.ts';
import type { Segment } from '../ports.ts';
import { parseHead, parseRecord, recordsEnd } from './segment-file.ts';

/** A line that is not in the database, and why. */
export interface Refused {
  readonly line: string;
  /** Null where not even that can be read. */
  readonly model: string | null;
  readonly reason: string;
}

/**
 * What can be read of a segment: a line that is no record is told with its reason, and the others stand. Throws
 * `invalid_data` for a file whose first line is not that of a segment.
 */
export function readSegment(text: string): { readonly segment: Segment; readonly refused: readonly Refused[] } {
  const lines = text.split('\n');
  const { segmentId, processId } = parseHead(lines[0]);
  const isWhole = recordsEnd(lines.at(-2)) === lines.length - 3;
  const records: SpoolRecord[] = [];
  const refused: Refused[] = [];
  for (const line of isWhole ? lines.slice(1, -2) : lines.slice(1)) {
    // A file that was cut short ends anywhere, also behind a whole line or its end.
    if (!isWhole && (line === '' || recordsEnd(line) !== null)) continue;
    try {
      records.push(parseRecord(line));
    } catch (error) {
      refused.push({ line, model: null, reason: reasonOf(error) });
    }
  }
  // Cut exactly behind a line, nothing would tell that there was more.
  if (!isWhole && refused.length === 0) refused.push({ line: '', model: null, reason: 'the segment was cut short' });
  return { segment: { segmentId, processId, records }, refused };
}
