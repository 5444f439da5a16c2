import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';
import type { OnlineKey } from './online-build.ts';

/** The snapshot of a revision of a view that was stored last: where its source is read on from. */
export async function newestViewSnapshot(db: Db, view: string, digest: string) {
  const [row] = await db
    .select()
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, view),
        eq(snapshot.kind, 'view'),
        sql`${snapshot.manifest} -> 'view' ->> 'digest' = ${digest}`,
        isNull(snapshot.filesRemovedAt),
      ),
    )
    .orderBy(desc(snapshot.createdAt))
    .limit(1);
  return row ?? null;
}

/** For how long nothing new has come, in milliseconds by the clock of Postgres. */
export interface ViewAges {
  /** Since the newest snapshot of the revision was stored; since the revision was applied, before the first. */
  readonly unchangedMs: number;
  /**
   * Of a union, by name: since rows of a source were taken last, or since the revision was applied. Null where rows of
   * another revision were taken since: nothing is known of this one then.
   */
  readonly members: ReadonlyMap<string, number | null>;
}

/** Throws TypeError for a revision that was never applied. Law: one query, of rows by their names. */
export async function viewAges(db: Db, { view, digest }: OnlineKey, members: readonly string[]): Promise<ViewAges> {
  const ageOf = (at: ReturnType<typeof sql>) => sql`(extract(epoch from now() - ${at}) * 1000)::float8`;
  const { rows } = await db.execute<{
    unchanged_ms: number;
    applied_ms: number;
    members: readonly { readonly member: string; readonly isOwn: boolean; readonly takenMs: number | null }[];
  }>(sql`
    select ${ageOf(sql`coalesce(s.created_at, r.created_at)`)} as unchanged_ms,
      ${ageOf(sql`r.created_at`)} as applied_ms,
      (select coalesce(jsonb_agg(jsonb_build_object('member', m.member, 'isOwn', m.spec_revision = r.revision,
          'takenMs', ${ageOf(sql`m.taken_at`)})), '[]') from source_member m where m.model = r.view) as members
    from feature_view_revision r
      left join lateral (select created_at from snapshot where model = r.view and kind = 'view'
        and manifest -> 'view' ->> 'digest' = r.digest and files_removed_at is null
        order by created_at desc limit 1) s on true
    where r.view = ${view} and r.digest = ${digest} order by r.revision limit 1`);
  const [row] = rows;
  if (row === undefined) throw new TypeError(`view ${view} has no such revision`);
  const ageOfMember = (name: string): number | null => {
    const found = row.members.find(({ member }) => member === name);
    if (found === undefined) return row.applied_ms;
    return found.isOwn ? (found.takenMs ?? row.applied_ms) : null;
  };
  return { unchangedMs: row.unchanged_ms, members: new Map(members.map((name) => [name, ageOfMember(name)])) };
}
