import { sql } from 'drizzle-orm';
import type pg from 'pg';
import type { Db } from '../../base/connect.ts';

/** Labels that came before their prediction find it now, among the predictions with a position above `afterSeq`. */
export async function joinWaitingLabels(client: pg.PoolClient, model: string, afterSeq: number): Promise<void> {
  await client.query(
    `update label l set prediction_id = p.prediction_id
     from (
       select distinct on (entity_hash, event_time_ms) prediction_id, entity_hash, event_time_ms from prediction
       where model = $1 and seq > $2 and entity_hash is not null and event_time_ms is not null
       order by entity_hash, event_time_ms, seq
     ) p
     where l.model = $1 and l.prediction_id is null and l.entity_hash = p.entity_hash and l.event_time_ms =
     p.event_time_ms`,
    [model, afterSeq],
  );
}

/** The same over all of a model's traffic: what came through another process at the same time may have been missed. */
export async function joinOrphanLabels(db: Db, model: string): Promise<void> {
  await db.execute(sql`
    update label l set prediction_id = p.prediction_id
    from prediction p
    where l.model = ${model} and l.prediction_id is null
      and p.model = l.model and p.entity_hash = l.entity_hash and p.event_time_ms = l.event_time_ms`);
}
