import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { sourceAlertKinds } from '../../domain/record/closed-sets.ts';
import { formatOccasion } from '../../domain/record/occasion.ts';
import type { Db } from '../base/connect.ts';
import { alert, featureView, featureViewRevision, onlineView, sourceMember } from '../schema/index.ts';
import type { StoredView } from './read-views.ts';

/** A cursor may remember tens of thousands of late rows, and an answer has up to 200 of them. */
const cursorBytesMax = 65_536;

/** What is stored of a view's source, as its current definition declares it. */
export interface StoredViewSource extends Pick<StoredView, 'view' | 'revision' | 'digest' | 'spec'> {
  /** The last batch that was taken; null before the first one. */
  readonly newest: {
    readonly at: Date;
    /** Where it is opened next; null where that is longer than a list of views may carry. */
    readonly cursor: string | null;
    readonly rows: number;
    readonly quarantinedRows: number;
    readonly rowsSoFar: number;
  } | null;
  /** How its looks went; null where no model takes features from it online: then trainings alone read it. */
  readonly look: Pick<
    typeof onlineView.$inferSelect,
    'lookedAt' | 'lookAt' | 'failures' | 'problem' | 'lagUnread' | 'lagUnit' | 'isLagAtLeast'
  > | null;
  /** The sources of a union, by name, as they were taken. */
  readonly members: readonly (typeof sourceMember.$inferSelect)[];
  /** Open alerts about it, the oldest first: each model that takes features from it has its own. */
  readonly alerts: readonly Pick<typeof alert.$inferSelect, 'model' | 'kind' | 'openedAt' | 'title' | 'body'>[];
}

/** By name; names that are no view are left out. Law: four queries, whatever their number; reads the open alerts. */
export async function storedViewSourcesOf(db: Db, names: readonly string[]): Promise<readonly StoredViewSource[]> {
  if (names.length === 0) return [];
  const views = await db
    .select({
      view: featureViewRevision.view,
      revision: featureViewRevision.revision,
      digest: featureViewRevision.digest,
      spec: featureViewRevision.spec,
      // The first of them says whether there is a row: it is never null in one.
      look: {
        failures: onlineView.failures,
        lookedAt: onlineView.lookedAt,
        lookAt: onlineView.lookAt,
        problem: onlineView.problem,
        lagUnread: onlineView.lagUnread,
        lagUnit: onlineView.lagUnit,
        isLagAtLeast: onlineView.isLagAtLeast,
      },
    })
    .from(featureView)
    .innerJoin(
      featureViewRevision,
      and(eq(featureViewRevision.view, featureView.name), eq(featureViewRevision.revision, featureView.revision)),
    )
    .leftJoin(
      onlineView,
      and(eq(onlineView.view, featureViewRevision.view), eq(onlineView.digest, featureViewRevision.digest)),
    )
    .where(inArray(featureView.name, [...names]))
    .orderBy(asc(featureView.name));
  const members = await db
    .select()
    .from(sourceMember)
    .where(inArray(sourceMember.model, [...names]))
    .orderBy(asc(sourceMember.member));
  const newest = await newestOf(db, names);
  const ringing = await alertsAbout(db, names);
  return views.map((one) => ({
    ...one,
    newest: newest.get(one.view) ?? null,
    members: members.filter(({ model }) => model === one.view),
    alerts: ringing.flatMap(({ subject, ...said }) => (subject === subjectOf(one.view) ? [said] : [])),
  }));
}

function subjectOf(view: string): string {
  return formatOccasion({ of: 'view', view });
}

async function alertsAbout(db: Db, views: readonly string[]) {
  return db
    .select({
      model: alert.model,
      subject: alert.subject,
      kind: alert.kind,
      openedAt: alert.openedAt,
      title: alert.title,
      body: alert.body,
    })
    .from(alert)
    .where(
      and(
        isNull(alert.closedAt),
        inArray(alert.subject, views.map(subjectOf)),
        inArray(alert.kind, [...sourceAlertKinds]),
      ),
    )
    .orderBy(asc(alert.openedAt), asc(alert.model));
}

/** One look into the index per view, however many snapshots it has. */
async function newestOf(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<StoredViewSource['newest']>>> {
  const { rows } = await db.execute<{
    view: string;
    at_ms: number;
    cursor: string | null;
    rows: number;
    quarantined: number;
    so_far: number;
  }>(sql`
    select v.name as view, s.* from feature_view v
      join feature_view_revision r on r.view = v.name and r.revision = v.revision
      cross join lateral (
        select round(extract(epoch from created_at) * 1000)::float8 as at_ms,
          case when coalesce(octet_length(manifest ->> 'cursor'), 0) <= ${cursorBytesMax}
            then coalesce(manifest ->> 'cursor', source_digest) end as cursor,
          rows::float8 as rows, quarantined_rows::float8 as quarantined,
          (select coalesce(1 + max((file ->> 'orderMax')::bigint), 0)::float8
            from jsonb_array_elements(manifest -> 'files') file) as so_far
        from snapshot where snapshot.model = v.name and kind = 'view'
          and manifest -> 'view' ->> 'digest' = r.digest and files_removed_at is null
        order by created_at desc limit 1) s
    where v.name in ${[...names]}`);
  return new Map(
    rows.map((row) => [
      row.view,
      {
        at: new Date(row.at_ms),
        cursor: row.cursor,
        rows: row.rows,
        quarantinedRows: row.quarantined,
        rowsSoFar: row.so_far,
      },
    ]),
  );
}
