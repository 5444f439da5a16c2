import { newestSnapshotOf } from '../../db/models/snapshots.ts';
import { digestOfTag, refuseGone } from '../../db/tags/tags.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { findSnapshot } from '../snapshots/find-snapshot.ts';

/** What looks like the beginning of a digest is taken for one, unless it is too short to name a snapshot. */
const digestStart = /^[0-9a-f]{8,64}$/;

/**
 * The snapshot that is asked for: by a tag of the model, by how its digest begins, or null for the newest one. Throws
 * `not_found` where there is none of this model, or where its files are gone.
 */
export async function snapshotOfExperiment(
  context: CommandContext,
  model: string,
  asked: string | null,
): Promise<string> {
  const { db } = context.database;
  const digest =
    asked === null
      ? await newestSnapshotOf(db, model)
      : digestStart.test(asked)
        ? (await findSnapshot(context, asked, 'read')).digest
        : await digestOfTag(db, model, asked);
  if (digest === null)
    throw new PerennialError('not_found', `"${model}" has no snapshot yet.`, {
      path: 'snapshot',
      hint: `Its rows are read after \`perennial apply\`; \`perennial status ${model}\` says how far that is.`,
    });
  await refuseGone(db, model, digest);
  return digest;
}
