import { sql } from 'drizzle-orm';
import { readingRunKinds } from '../../domain/record/closed-sets.ts';
import { erasedNamesDays } from '../../domain/record/ends.ts';
import type { Db } from '../base/connect.ts';

/** An erasure that a spool has to follow. */
interface ErasureToAck {
  readonly erasureId: string;
  /** Model and name of the entity in its log. */
  readonly names: readonly (readonly [string, string])[];
  readonly untilMs: number;
  readonly entity: string | null;
}

/** Trainings and readings that are named; of more, how many there are says enough. */
const listedMax = 20;

/** Readings and trainings that began before an erasure: what they store may hold rows that are gone elsewhere. */
export async function earlierRuns(db: Db, erasureId: string): Promise<readonly string[]> {
  const { rows } = await db.execute<{ runId: string }>(sql`
    select r.run_id as "runId" from run r join erasure e on e.erasure_id = ${erasureId}
    where r.status = 'running' and r.kind in ${readingRunKinds} and r.started_at <= e.started_at
    order by r.run_id limit ${listedMax}`);
  return rows.map(({ runId }) => runId);
}

/**
 * Spools that have not said that they are through, and when their processes were last seen; those that are there first:
 * each start of a container without a disk of its own leaves one that never comes back.
 */
export async function spoolsToGo(
  db: Db,
  erasureId: string,
): Promise<readonly { readonly placeId: string; readonly seenAt: Date; readonly isAlive: boolean }[]> {
  const { rows } = await db.execute<{ placeId: string; seenAt: string; isAlive: boolean }>(sql`
    select p.place_id as "placeId", p.seen_at as "seenAt", p.seen_at > now() - interval '5 minutes' as "isAlive"
    from spool_place p where not exists (
      select from erasure_ack a where a.erasure_id = ${erasureId} and a.place_id = p.place_id)
    order by "isAlive" desc, p.place_id limit ${listedMax}`);
  return rows.map((row) => ({ ...row, seenAt: new Date(row.seenAt) }));
}

/** Records that spools have given up so far. */
export async function recordsInSpools(db: Db, erasureId: string): Promise<number> {
  const { rows } = await db.execute<{ records: number }>(sql`
    select coalesce(sum(records), 0)::float8 as records from erasure_ack where erasure_id = ${erasureId}`);
  return rows[0]?.records ?? 0;
}

/** What spools know their machine by, and that it is there. */
export async function seeSpool(db: Db, placeId: string): Promise<void> {
  await db.execute(sql`insert into spool_place (place_id) values (${placeId}::uuid)
    on conflict (place_id) do update set seen_at = now() where spool_place.seen_at < now() - interval '1 minute'`);
}

/**
 * Erasures of which a spool has not said that it is through, with the names of the entity; oldest first. In clear it is
 * there only while the erasure runs.
 */
export async function erasuresToAck(db: Db, placeId: string): Promise<readonly ErasureToAck[]> {
  const { rows } = await db.execute<{
    erasureId: string;
    names: [string, string][];
    untilMs: number;
    entity: string | null;
  }>(sql`
    select e.erasure_id as "erasureId", (extract(epoch from e.started_at) * 1000)::float8 as "untilMs",
      (select s.entity from erasure_subject s where s.erasure_id = e.erasure_id) as entity,
      (select coalesce(jsonb_agg(jsonb_build_array(h.model, h.entity_hash)), '[]') from erasure_hash h
        where h.erasure_id = e.erasure_id) as names
    from erasure e where not e.is_dry_run and e.started_at > now() - ${erasedNamesDays} * interval '1 day'
      and not exists (select from erasure_ack a where a.erasure_id = e.erasure_id and a.place_id = ${placeId}::uuid)
    order by e.started_at limit ${listedMax}`);
  return rows;
}

export async function ackErasure(db: Db, erasureId: string, placeId: string, records: number): Promise<void> {
  await db.execute(sql`insert into erasure_ack (erasure_id, place_id, records)
    values (${erasureId}::uuid, ${placeId}::uuid, ${records}) on conflict do nothing`);
}
