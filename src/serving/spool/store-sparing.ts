import { isPerennialError } from '../../domain/words/errors.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Segment, SegmentSink } from '../ports.ts';
import type { Refused } from './read-segment.ts';
import { encodeRecord } from './segment-file.ts';

/** Attempts at parts of one segment; when they are used up, what is still refused is set aside together. */
const attemptsMax = 400;

/**
 * Stores a segment; when the database refuses it for good, stores it model by model and half by half, until what is
 * refused stands alone. Parts have ids that follow from the segment's, so doing it again after a crash stores nothing
 * twice. Returns what was refused; rejects for whatever is worth a retry.
 */
export async function storeSparing(sink: SegmentSink, segment: Segment): Promise<readonly Refused[]> {
  let attempts = 0;
  const store = async (part: Segment): Promise<readonly Refused[]> => {
    if (part.records.length === 0) return [];
    attempts++;
    try {
      await sink.store(part);
      return [];
    } catch (error) {
      if (!isPerennialError(error) || error.code !== 'invalid_data') throw error;
      if (part.records.length === 1 || attempts >= attemptsMax) return refusedOf(part, reasonOf(error));
      const refused: Refused[] = [];
      // oxlint-disable-next-line no-await-in-loop -- the order of one model's records is their order in its traffic
      for (const smaller of partsOf(part)) refused.push(...(await store(smaller)));
      return refused;
    }
  };
  return store(segment);
}

/** Each model by itself; the records of one model in two halves. */
function partsOf(segment: Segment): readonly Segment[] {
  const models = [...new Set(segment.records.map(({ record }) => record.model))];
  const { length } = segment.records;
  const lists =
    models.length > 1
      ? models.map((model) => segment.records.filter(({ record }) => record.model === model))
      : [segment.records.slice(0, length >> 1), segment.records.slice(length >> 1)];
  return lists.map((records, i) => ({ ...segment, segmentId: `${segment.segmentId}.${i}`, records }));
}

function refusedOf(part: Segment, reason: string): readonly Refused[] {
  return part.records.map((entry) => ({ line: encodeRecord(entry), model: entry.record.model, reason }));
}
