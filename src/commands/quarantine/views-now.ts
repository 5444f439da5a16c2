import { readViewByDigest } from '../../db/feature-views/read-views.ts';
import { viewFilesOf } from '../../db/feature-views/view-files.ts';
import { wasLookedAt } from '../../db/feature-views/online-due.ts';
import { newestViewSnapshot } from '../../db/feature-views/view-snapshots.ts';
import type { Db } from '../../db/base/connect.ts';
import { viewsOf } from '../../domain/spec/columns/pins.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { rowsWithViews, type LoadedView, type RowsWithViews } from '../../views/offline/rows-with-views.ts';

/** A reading of the control process, which answers people as well. */
const memoryMb = 512;

/**
 * How rows of a definition meet its views as these have been read so far: their sources are not read on, which takes
 * secrets and time. Throws `unavailable` for a view that was never read.
 */
export async function viewsNow(
  db: Db,
  store: { checkedPathOf(sha256: string): Promise<string> },
  spec: ModelSpec,
): Promise<RowsWithViews | undefined> {
  const pins = viewsOf(spec);
  if (pins.length === 0) return undefined;
  const loaded: LoadedView[] = [];
  for (const { view, digest } of pins) {
    // oxlint-disable-next-line no-await-in-loop -- one view at a time bounds memory
    const newest = digest === null ? null : await newestViewSnapshot(db, view, digest);
    // A source that was read to its end and held nothing is a view without rows, as it is for an ingest.
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (digest === null || (newest === null && !(await wasLookedAt(db, { view, digest }))))
      throw new PerennialError('unavailable', `View ${view} has not been read yet.`, {
        path: view,
        hint: 'Wait for the next ingest of the model, which reads it.',
      });
    const snapshot = newest?.digest ?? null;
    // oxlint-disable-next-line no-await-in-loop -- as above
    const { spec: declared } = await readViewByDigest(db, view, digest);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const files = await viewFilesOf(db, store, { view, snapshot });
    loaded.push({ view, digest, snapshot, spec: declared, files });
  }
  return rowsWithViews(spec, loaded, { memoryMb });
}
