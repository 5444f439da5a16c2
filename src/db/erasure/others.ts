import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** Trainings and readings that are named; of more, how many there are says enough. */
const listedMax = 20;

/** Readings and trainings that began before an erasure: what they store may hold rows that are gone elsewhere. */
export async function earlierRuns(db: Db, erasureId: string): Promise<readonly string[]> {
  const { rows } = await db.execute<{ runId: string }>(sql`
    select r.run_id as "runId" from run r join erasure e on e.erasure_id = ${erasureId}
    where r.status = 'running' and r.kind in ('ingest', 'train') and r.started_at <= e.started_at
    order by r.run_id limit ${listedMax}`);
  return rows.map(({ runId }) => runId);
}

/** Spools that have not said that they are through, and when their processes were last seen. */
export async function spoolsToGo(
  db: Db,
  erasureId: string,
): Promise<readonly { readonly placeId: string; readonly seenAt: Date; readonly isAlive: boolean }[]> {
  const { rows } = await db.execute<{ placeId: string; seenAt: string; isAlive: boolean }>(sql`
    select p.place_id as "placeId", p.seen_at as "seenAt", p.seen_at > now() - interval '5 minutes' as "isAlive"
    from spool_place p where not exists (
      select from erasure_ack a where a.erasure_id = ${erasureId} and a.place_id = p.place_id)
    order by p.place_id limit ${listedMax}`);
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

/** Erasures of which a spool has not said that it is through, with the names of the entity; oldest first. */
export async function erasuresToAck(
  db: Db,
  placeId: string,
): Promise<
  readonly {
    readonly erasureId: string;
    readonly names: readonly (readonly [string, string])[];
    readonly untilMs: number;
  }[]
> {
  const { rows } = await db.execute<{ erasureId: string; names: [string, string][]; untilMs: number }>(sql`
    select e.erasure_id as "erasureId", (extract(epoch from e.started_at) * 1000)::float8 as "untilMs",
      coalesce(jsonb_agg(jsonb_build_array(h.model, h.entity_hash)) filter (where h.model is not null), '[]') as names
    from erasure e left join erasure_hash h on h.erasure_id = e.erasure_id
    where not e.is_dry_run and (e.status = 'running' or h.model is not null) and not exists (
      select from erasure_ack a where a.erasure_id = e.erasure_id and a.place_id = ${placeId}::uuid)
    and (e.status = 'running' or e.started_at > now() - interval '31 days')
    group by e.erasure_id order by e.started_at limit ${listedMax}`);
  return rows;
}

export async function ackErasure(db: Db, erasureId: string, placeId: string, records: number): Promise<void> {
  await db.execute(sql`insert into erasure_ack (erasure_id, place_id, records)
    values (${erasureId}::uuid, ${placeId}::uuid, ${records}) on conflict do nothing`);
}

/** Of these records, which an erasure has taken in before they could be stored; by model and name. */
export async function erasedNames(
  client: { query(text: string, values: unknown[]): Promise<{ rows: { model: string; hash: string; ms: number }[] }> },
  models: readonly string[],
  hashes: readonly string[],
): Promise<readonly { readonly model: string; readonly hash: string; readonly ms: number }[]> {
  const { rows } = await client.query(
    `select h.model, h.entity_hash as hash, (extract(epoch from max(h.erased_at)) * 1000)::float8 as ms
     from erasure_hash h join erasure e on e.erasure_id = h.erasure_id and not e.is_dry_run
     where h.model = any($1) and h.entity_hash = any($2) group by h.model, h.entity_hash`,
    [models, hashes],
  );
  return rows;
}
