import { viewFilesOf } from '../../src/db/feature-views/view-files.ts';
import { viewsOf } from '../../src/domain/spec/columns/pins.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { rowsWithViews, type LoadedView, type RowsWithViews } from '../../src/views/offline/rows-with-views.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestView } from './ingest-view.ts';

/** The engine's bound for a join; what needs more is spilled to disk. */
const memoryMb = 1_024;

/**
 * Reads every view that a definition takes features from, or that its rules ask, and answers how its rows meet what was
 * there; undefined for a definition without any. Of the views one is read after the other.
 */
export async function joinPinned(
  dependencies: Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'connectSource'>,
  spec: ModelSpec,
): Promise<RowsWithViews | undefined> {
  const { database, store } = dependencies;
  const pins = viewsOf(spec);
  if (pins.length === 0) return undefined;
  const loaded: LoadedView[] = [];
  for (const { view, digest } of pins) {
    if (digest === null)
      throw new PerennialError('invalid_spec', `No revision of view ${view} is pinned.`, {
        path: 'features',
        hint: 'Apply the definition again.',
      });
    // oxlint-disable-next-line no-await-in-loop -- one view at a time bounds memory and disk
    const { stored, snapshot } = await ingestView(dependencies, { view, digest });
    // oxlint-disable-next-line no-await-in-loop -- as above
    const files = await viewFilesOf(database.db, store, { view, snapshot });
    loaded.push({ view, digest, snapshot, spec: stored.spec, files });
  }
  return rowsWithViews(spec, loaded, { memoryMb });
}
