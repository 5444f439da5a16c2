import { eq, and } from 'drizzle-orm';
import { pinnedOf, viewsOf } from '../../domain/spec/columns/pins.ts';
import type { Db } from '../base/connect.ts';
import { specRevision } from '../schema/index.ts';
import { readViewByDigest } from './read-views.ts';

/** Which features of a revision of a model come from which revision of which view; nothing where none does. */
export async function pinnedViewsOf(db: Db, model: string, revision: number) {
  const [row] = await db
    .select({ spec: specRevision.spec })
    .from(specRevision)
    .where(and(eq(specRevision.model, model), eq(specRevision.revision, revision)));
  if (row === undefined) return {};
  const pins = viewsOf(row.spec);
  if (pins.length === 0) return {};
  const pinned = pinnedOf(row.spec);
  const views = await Promise.all(
    pins.map(async ({ view, digest }) => {
      const stored = await readViewByDigest(db, view, digest ?? '');
      const features = pinned.filter(({ from }) => from.view === view).map(({ name }) => name);
      return { view, revision: stored.revision, digest: stored.digest, features };
    }),
  );
  return { views };
}
