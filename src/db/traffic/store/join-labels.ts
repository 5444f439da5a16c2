import type pg from 'pg';

/**
 * Labels that came before their prediction find it now, among the predictions with a position above `afterSeq`. The
 * lock of the stream orders segments, so a label finds its prediction when it comes, or here: none is missed.
 */
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
