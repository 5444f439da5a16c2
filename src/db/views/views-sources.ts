import { and, asc, inArray, isNull, sql } from 'drizzle-orm';
import { sourceAlertKinds, type LagUnit } from '../../domain/record/closed-sets.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { alert, model, sourceMember, specRevision, triggerLook } from '../schema/index.ts';

/** The last batch that was taken of a source. */
interface TakenBatch {
  readonly at: Date;
  /** Where it is opened next; null where that is longer than a list of models may carry. */
  readonly cursor: string | null;
  readonly rows: number;
  readonly quarantinedRows: number;
  /** Accepted rows of all that it continues, it among them. */
  readonly rowsSoFar: number;
}

/** A cursor may remember tens of thousands of late rows, and an answer has up to 200 of them. */
const cursorBytesMax = 65_536;

/** What is stored of a model's source. */
export interface StoredSource {
  readonly model: string;
  readonly revision: number;
  readonly spec: ModelSpec;
  /** Null before the first batch under this revision. */
  readonly newest: TakenBatch | null;
  readonly look: typeof triggerLook.$inferSelect | null;
  /** The sources of a union, by name, as they were found and taken; none before the first look. */
  readonly members: readonly (typeof sourceMember.$inferSelect)[];
  /** Open alerts about it. */
  readonly alerts: readonly Pick<typeof alert.$inferSelect, 'kind' | 'openedAt' | 'title' | 'body'>[];
}

/** By name; five queries, whatever their number. Names that are no model are left out. */
export async function storedSourcesOf(db: Db, names: readonly string[]): Promise<readonly StoredSource[]> {
  if (names.length === 0) return [];
  const specs = await db
    .select({ model: model.name, revision: specRevision.revision, spec: specRevision.spec })
    .from(model)
    .innerJoin(
      specRevision,
      sql`${specRevision.model} = ${model.name} and ${specRevision.revision} = ${model.specRevision}`,
    )
    .where(inArray(model.name, [...names]))
    .orderBy(sql`${model.name} collate "C"`);
  const looks = await db
    .select()
    .from(triggerLook)
    .where(inArray(triggerLook.model, [...names]));
  const newest = await newestOf(db, names);
  const members = await db
    .select()
    .from(sourceMember)
    .where(inArray(sourceMember.model, [...names]))
    .orderBy(asc(sourceMember.member));
  const ringing = await db
    .select({ model: alert.model, kind: alert.kind, openedAt: alert.openedAt, title: alert.title, body: alert.body })
    .from(alert)
    .where(and(inArray(alert.model, [...names]), inArray(alert.kind, [...sourceAlertKinds]), isNull(alert.closedAt)))
    .orderBy(asc(alert.openedAt));
  return specs.map((row) => ({
    ...row,
    newest: newest.get(row.model) ?? null,
    look: looks.find((look) => look.model === row.model) ?? null,
    members: members.filter((member) => member.model === row.model),
    alerts: ringing.flatMap(({ model: about, ...said }) => (about === row.model ? [said] : [])),
  }));
}

/** One look into the index per model, however many snapshots it has: the newest of the revision that stands. */
async function newestOf(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, TakenBatch>> {
  const { rows } = await db.execute<{
    readonly model: string;
    readonly at: string;
    readonly cursor: string | null;
    readonly rows: string;
    readonly quarantined: string;
    readonly so_far: string;
  }>(sql`
    select m.name as model, s.* from model m cross join lateral (
      select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
        case when manifest -> 'branched' is null
            and coalesce(octet_length(manifest ->> 'cursor'), 0) <= ${cursorBytesMax}
          then coalesce(manifest ->> 'cursor', source_digest) end as cursor, rows::text as rows,
        quarantined_rows::text as quarantined,
        (select coalesce(1 + max((file ->> 'orderMax')::bigint), 0) from jsonb_array_elements(manifest -> 'files') file
        )::text as so_far
      from snapshot where snapshot.model = m.name and spec_revision = m.spec_revision and kind = 'history'
        and files_removed_at is null
      order by created_at desc limit 1) s
    where m.name in ${[...names]}`);
  return new Map(
    rows.map((row) => [
      row.model,
      {
        at: new Date(row.at),
        cursor: row.cursor,
        rows: Number(row.rows),
        quarantinedRows: Number(row.quarantined),
        rowsSoFar: Number(row.so_far),
      },
    ]),
  );
}

/** What was unread at the last look; null where that is not counted. */
export function lagOf(
  look: Pick<typeof triggerLook.$inferSelect, 'lagUnread' | 'lagUnit' | 'isLagAtLeast'> | null,
): { readonly unread: number; readonly unit: LagUnit; readonly isAtLeast: boolean } | null {
  if (look === null || look.lagUnread === null || look.lagUnit === null) return null;
  return { unread: look.lagUnread, unit: look.lagUnit, isAtLeast: look.isLagAtLeast };
}
