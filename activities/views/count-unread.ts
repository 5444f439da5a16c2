import { readViewByDigest } from '../../src/db/feature-views/read-views.ts';
import { newestViewSnapshot } from '../../src/db/feature-views/view-snapshots.ts';
import { isCheapToName } from '../../src/domain/spec/source-spec.ts';
import { cursorOf } from '../../src/domain/training/snapshot.ts';
import type { SourceLag } from '../../src/sources/port.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** What lies behind the cursor of a view; null where nobody can say without reading everything. */
export async function countUnread(
  { database, connectSource }: Pick<ActivityDependencies, 'database' | 'connectSource'>,
  { view, digest }: { readonly view: string; readonly digest: string },
): Promise<SourceLag | null> {
  const { spec } = await readViewByDigest(database.db, view, digest);
  if (!isCheapToName(spec.source)) return null;
  const newest = await newestViewSnapshot(database.db, view, digest);
  return connectSource(spec.source, view).lag(newest === null ? null : cursorOf(newest.manifest));
}
