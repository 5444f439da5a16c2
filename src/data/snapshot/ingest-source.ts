import { cursorOf, orderMaxOf } from '../../domain/training/snapshot.ts';
import type { Source, SourceBatch } from '../../sources/port.ts';
import { ingestTable, type IngestInput, type IngestResult } from './ingest-table.ts';
import type { RawTable } from './raw-table.ts';

type SnapshotSoFar = Pick<IngestResult, 'digest' | 'manifest'>;

/**
 * What a source holds behind its newest snapshot (null reads it from the beginning), one snapshot per batch; nothing
 * when there is nothing new. An addition continues the snapshot before it; a whole stands alone and supersedes.
 */
export async function* ingestSource(
  source: Source,
  newest: SnapshotSoFar | null,
  input: Pick<IngestInput, 'spec' | 'specRevision' | 'workDir' | 'store' | 'view' | 'joining'>,
): AsyncGenerator<IngestResult> {
  let before = newest;
  for await (const batch of source.open(newest === null ? null : cursorOf(newest.manifest), input.workDir)) {
    const continued = batch.covers === 'addition' ? before : null;
    const result = await ingestTable({
      ...input,
      table: tableOf(batch),
      parents: continued === null ? [] : [continued.digest],
      orderOffset: continued === null ? 0 : 1 + orderMaxOf(continued.manifest),
    });
    yield result;
    before = result;
  }
}

function tableOf({ path, name, format, encoding, rowsMax, sourceDigest, next }: SourceBatch): RawTable {
  return {
    path,
    name,
    format,
    ...(encoding === undefined ? {} : { encoding }),
    rowsMax,
    sourceDigest,
    // Left out where the digest says it already: a manifest holds nothing twice.
    ...(next === sourceDigest ? {} : { cursor: next }),
  };
}
