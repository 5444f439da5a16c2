import { and, asc, eq, gt, like, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import type { Db } from '../base/connect.ts';
import { featureView, featureViewRevision } from '../schema/index.ts';

export interface StoredView {
  readonly view: string;
  readonly revision: number;
  readonly digest: string;
  readonly spec: ViewSpec;
}

const columns = {
  view: featureViewRevision.view,
  revision: featureViewRevision.revision,
  digest: featureViewRevision.digest,
  spec: featureViewRevision.spec,
};

const isCurrent = and(
  eq(featureViewRevision.view, featureView.name),
  eq(featureViewRevision.revision, featureView.revision),
);

/** One revision of a view. Throws `not_found` naming the revision. */
export async function readViewRevision(db: Db, view: string, revision: number): Promise<StoredView> {
  const [row] = await db
    .select(columns)
    .from(featureViewRevision)
    .where(and(eq(featureViewRevision.view, view), eq(featureViewRevision.revision, revision)));
  if (row === undefined) throw new PerennialError('not_found', `View "${view}" has no revision ${revision}.`);
  return row;
}

/** The first revision of a view that has this digest. Throws `not_found` naming both. */
export async function readViewByDigest(db: Db, view: string, digest: string): Promise<StoredView> {
  const [row] = await db
    .select(columns)
    .from(featureViewRevision)
    .where(and(eq(featureViewRevision.view, view), eq(featureViewRevision.digest, digest)))
    .orderBy(asc(featureViewRevision.revision))
    .limit(1);
  if (row === undefined)
    throw new PerennialError('not_found', `View "${view}" has no revision ${digest.slice(0, 12)}.`, {
      path: view,
      hint: `List its revisions: perennial view show ${view}.`,
    });
  return row;
}

/** The current revision of a view; null where there is no view of this name. */
export async function findCurrentView(db: Db, view: string): Promise<StoredView | null> {
  const [row] = await db
    .select(columns)
    .from(featureView)
    .innerJoin(featureViewRevision, isCurrent)
    .where(eq(featureView.name, view));
  return row ?? null;
}

/** The current revision of a view. Throws `not_found`; names of others are not for everybody. */
export async function readCurrentView(db: Db, view: string): Promise<StoredView> {
  const found = await findCurrentView(db, view);
  if (found !== null) return found;
  throw new PerennialError('not_found', `There is no feature view "${view}".`, {
    path: view,
    hint: 'Apply its definition first, or export it from the same file.',
  });
}

/** Current revisions of the views whose names match a LIKE pattern, by name, behind `after`; at most `limit`. */
export async function currentViews(
  db: Db,
  page: { readonly like: string; readonly after: string | null; readonly limit: number },
): Promise<readonly (StoredView & { readonly createdAt: Date })[]> {
  return db
    .select({ ...columns, createdAt: featureViewRevision.createdAt })
    .from(featureView)
    .innerJoin(featureViewRevision, isCurrent)
    .where(and(like(featureView.name, page.like), page.after === null ? undefined : gt(featureView.name, page.after)))
    .orderBy(asc(featureView.name))
    .limit(page.limit);
}

/** The latest revisions of a view, newest first; at most `limit`. */
export async function revisionsOfView(db: Db, view: string, limit: number) {
  return db
    .select({
      revision: featureViewRevision.revision,
      digest: featureViewRevision.digest,
      actor: featureViewRevision.actor,
      createdAt: featureViewRevision.createdAt,
    })
    .from(featureViewRevision)
    .where(eq(featureViewRevision.view, view))
    .orderBy(sql`${featureViewRevision.revision} desc`)
    .limit(limit);
}
