import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { Database } from '../../db/base/connect.ts';
import { findShare } from '../../db/trainers/fits.ts';
import { hexOf } from '../../domain/training/workers/shared-files.ts';
import { FileEnded, PerennialError } from '../../domain/words/errors.ts';

export interface GivenFile {
  readonly stream: ReturnType<typeof createReadStream>;
  /** Of the whole file. */
  readonly bytes: number;
  /** Hex. */
  readonly digest: string;
}

/**
 * A file of a training, read from `from` on while it is sent; null reads all of it. Throws `not_found` for a digest
 * that the training does not share, whatever else the store holds under it, and `FileEnded` for a place that is none of
 * its bytes.
 */
export async function giveFile(
  { database, store }: { readonly database: Pick<Database, 'db'>; readonly store: Pick<ArtifactStore, 'pathOf'> },
  ask: { readonly runId: string; readonly digest: string; readonly from: number | null },
): Promise<GivenFile> {
  const digest = hexOf(ask.digest);
  const shared = await findShare(database.db, { runId: ask.runId, digest });
  if (shared === null)
    throw new PerennialError('not_found', `${ask.runId} shares no file of the digest ${digest}.`, {
      path: 'digest',
      hint: 'Ask for the digests that the task names.',
    });
  const path = await store.pathOf(digest);
  const { size } = await stat(path);
  if (ask.from !== null && ask.from >= size) throw new FileEnded(size, ask.from);
  return { stream: createReadStream(path, { start: ask.from ?? 0 }), bytes: size, digest };
}
