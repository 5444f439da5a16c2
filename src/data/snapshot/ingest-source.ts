import type { BatchHistory } from '../../domain/contract/batch/batch-facts.ts';
import { cursorOf, orderMaxOf } from '../../domain/training/snapshot.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { Source, SourceBatch } from '../../sources/port.ts';
import { createPartsTaken } from './ingest-progress.ts';
import { ingestTable, type IngestInput, type IngestResult } from './ingest-table.ts';
import type { RawTable } from './raw-table.ts';

type SnapshotSoFar = Pick<IngestResult, 'digest' | 'manifest'>;

/**
 * What a source holds behind its newest snapshot (null reads it from the beginning), one snapshot per batch; nothing
 * when there is nothing new. An addition continues the snapshot before it; a whole supersedes, and stands alone but for
 * what its line began with.
 */
export async function* ingestSource(
  source: Source,
  newest: SnapshotSoFar | null,
  input: Pick<
    IngestInput,
    | 'spec'
    | 'specRevision'
    | 'workDir'
    | 'store'
    | 'view'
    | 'joining'
    | 'keys'
    | 'asked'
    | 'excluded'
    | 'liftedErasures'
    | 'progress'
    | 'rowsPerPart'
    | 'settings'
  > & {
    /** Of a line that began with the rows of another one: what it began with. */
    readonly beginning?: SnapshotSoFar | null;
    /** What the rules of the contract hold a batch against; null where none asks. */
    readonly historyOf?: (batch: SourceBatch) => Promise<BatchHistory | null>;
    /** Hears of a batch of a union that its contract refused: its source is left there, and the others are read on. */
    readonly onRefused?: (member: string, error: unknown) => void;
  },
): AsyncGenerator<IngestResult> {
  const { beginning = null, ...reading } = input;
  let before = newest;
  const refusals: unknown[] = [];
  const parts = createPartsTaken(input.store);
  for await (const batch of source.open(newest === null ? null : cursorOf(newest.manifest), input.workDir)) {
    const continued = batch.covers === 'addition' ? before : beginning;
    let result: IngestResult;
    try {
      const history = (await input.historyOf?.(batch)) ?? null;
      result = await ingestTable({
        ...reading,
        ...(history === null ? {} : { history }),
        ...(input.progress === undefined ? {} : { progress: { ...input.progress, took: parts.took } }),
        table: tableOf(batch),
        parents: continued === null ? [] : [continued.digest],
        orderOffset: continued === null ? 0 : 1 + orderMaxOf(continued.manifest),
      });
    } catch (error) {
      // Its verdict stands, and no retry asks for them.
      if (isOfData(error)) await parts.remove();
      if (batch.refuse === undefined || batch.member === undefined || !isOfData(error)) throw error;
      batch.refuse();
      refusals.push(error);
      input.onRefused?.(batch.member, error);
      continue;
    }
    yield result;
    // Whoever reads has kept the snapshot by now: an attempt after this one does not come back to it.
    await parts.remove();
    before = result;
  }
  // With rows of others it is their history that stands; without any, that is what there is to say.
  if (before === null && refusals.length > 0) throw refusals[0];
}

/** The rows themselves, or how they came: a disk that is full is no fault of one source. */
function isOfData(error: unknown): boolean {
  return isPerennialError(error) && (error.code === 'contract_rejected' || error.code === 'invalid_data');
}

function tableOf({
  path,
  name,
  format,
  encoding,
  rowsMax,
  sourceDigest,
  contentDigest,
  next,
  member,
  notes,
}: SourceBatch): RawTable {
  return {
    path,
    name,
    format,
    ...(encoding === undefined ? {} : { encoding }),
    rowsMax,
    sourceDigest,
    ...(contentDigest === undefined ? {} : { contentDigest }),
    // Left out where the digest says it already: a manifest holds nothing twice.
    ...(next === sourceDigest ? {} : { cursor: next }),
    ...(member === undefined ? {} : { member }),
    ...(notes === undefined ? {} : { notes }),
  };
}
