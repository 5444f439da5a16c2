import { findShare } from '../../../src/db/trainers/fits.ts';
import { hexOf, type SharedFile } from '../../../src/domain/training/workers/shared-files.ts';
import { isPerennialError, PerennialError } from '../../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../../dependencies.ts';

/**
 * Where a file lies that a worker says to have made, its bytes verified. Throws `invalid_data` for one that it never
 * uploaded for this training, whatever else the store holds under that digest.
 */
export async function findMade(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  runId: string,
  { path, digest, bytes }: SharedFile,
): Promise<string> {
  const hex = hexOf(digest);
  const made = await findShare(database.db, { runId, digest: hex, side: 'made' });
  if (made === null) throw neverUploaded(path, digest);
  if (made.bytes !== bytes)
    throw new PerennialError('invalid_data', `The worker says ${bytes} bytes of ${path}, and sent ${made.bytes}.`);
  try {
    return await store.checkedPathOf(hex);
  } catch (error) {
    // Its upload was cut off between its row and its bytes.
    if (isPerennialError(error) && error.code === 'not_found') throw neverUploaded(path, digest);
    throw error;
  }
}

function neverUploaded(path: string, digest: string): PerennialError {
  return new PerennialError('invalid_data', `The worker names ${path} by ${digest}, which it never uploaded.`, {
    hint: 'Upload each file with PUT /v1/trainings/{id}/files/{digest} before the activity answers.',
  });
}
