import { and, asc, eq } from 'drizzle-orm';
import type { JoinedView } from '../../domain/training/snapshot.ts';
import { featureViewRevision } from '../schema/index.ts';
import type { KindReader } from './kind-reader.ts';

/** What rows of a model were joined with, by a key that says all of it: a view is nobody's own. */
export function keyOfJoined({ view, digest, snapshot }: JoinedView): string {
  return `${view}/${digest}/${snapshot ?? ''}`;
}

export const views: KindReader = {
  async describe(db, _, key) {
    const [view = '', digest = '', snapshot = ''] = key.split('/');
    const [row] = await db
      .select({ revision: featureViewRevision.revision, createdAt: featureViewRevision.createdAt })
      .from(featureViewRevision)
      .where(and(eq(featureViewRevision.view, view), eq(featureViewRevision.digest, digest)))
      .orderBy(asc(featureViewRevision.revision))
      .limit(1);
    if (row === undefined) return null;
    const rows = snapshot === '' ? 'without rows' : `rows until snapshot ${snapshot.slice(0, 16)}`;
    return {
      text: `view ${view} at revision ${row.revision} (${digest.slice(0, 12)}), ${rows}`,
      at: row.createdAt.toISOString(),
    };
  },
  next: () => Promise.resolve([]),
};
