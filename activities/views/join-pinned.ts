import type { Joining } from '../../src/data/snapshot/ingest-table.ts';
import { parquetOptions } from '../../src/data/snapshot/write-accepted.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { columnsOf } from '../../src/domain/spec/columns/columns-of.ts';
import { pinnedOf, viewsOf } from '../../src/domain/spec/columns/pins.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { JoinedView } from '../../src/domain/training/snapshot.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { joinViews, type ViewToJoin } from '../../src/views/offline/join-views.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestView } from './ingest-view.ts';
import { viewFiles } from './view-files.ts';

/** The engine's bound for a join; what needs more is spilled to disk. */
const memoryMb = 1_024;

/**
 * Reads every view that a definition takes features from, and answers how its rows are joined with what was there;
 * undefined for a definition without any. Of the views one is read after the other.
 */
export async function joinPinned(
  dependencies: Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'connectSource'>,
  spec: ModelSpec,
): Promise<Joining | undefined> {
  const { database, store } = dependencies;
  const { eventTime } = spec;
  const pins = viewsOf(spec);
  if (pins.length === 0 || eventTime === null) return undefined;
  const joined: JoinedView[] = [];
  const views: ViewToJoin[] = [];
  for (const { view, digest } of pins) {
    if (digest === null)
      throw new PerennialError('invalid_spec', `No revision of view ${view} is pinned.`, {
        path: 'features',
        hint: 'Apply the definition again.',
      });
    // oxlint-disable-next-line no-await-in-loop -- one view at a time bounds memory and disk
    const { stored, snapshot } = await ingestView(dependencies, { view, digest });
    // oxlint-disable-next-line no-await-in-loop -- as above
    const files = snapshot === null ? [] : await viewFiles({ database, store }, view, snapshot);
    joined.push({ view, digest, snapshot });
    views.push({ view: stored.spec, files, features: pinnedOf(spec).filter(({ from }) => from.view === view) });
  }
  const order = columnsOf(spec);
  return {
    joined,
    join: ({ path, schema, out, workDir }) =>
      withDuck({ threads: 1, memoryMb, tempDir: workDir }, (duck) =>
        joinViews(duck, { path, schema, atColumn: eventTime.column, views, order, out, parquetOptions }),
      ),
  };
}
