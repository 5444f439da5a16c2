import type pg from 'pg';
import type { LabelRecord } from '../../../domain/record/records.ts';

/** A label with the point of the traffic at which it became known. */
export interface PlacedLabel {
  readonly record: LabelRecord;
  readonly knownSeq: number;
  readonly knownWindow: number;
}

/**
 * Stores labels in the order in which they came, each id once, and returns how many were new. One by entity and time
 * finds its prediction if that is stored.
 */
export async function insertLabels(
  client: pg.PoolClient,
  model: string,
  labels: readonly PlacedLabel[],
): Promise<number> {
  if (labels.length === 0) return 0;
  const column = <T>(read: (label: PlacedLabel) => T): T[] => labels.map(read);
  const { rowCount } = await client.query(
    `insert into label (model, label_id, prediction_id, entity_hash, event_time_ms, label, known_seq, known_window,
      received_at)
     select $1, l.label_id, coalesce(l.prediction_id, p.prediction_id), l.entity_hash, l.event_time_ms, l.label,
     l.known_seq, l.known_window, l.received_at
     from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::int[],
     $9::timestamptz[])
       with ordinality as l (label_id, prediction_id, entity_hash, event_time_ms, label, known_seq, known_window,
       received_at, position)
     left join lateral (
       select prediction_id from prediction
       where l.prediction_id is null and model = $1 and entity_hash = l.entity_hash and event_time_ms = l.event_time_ms
       order by seq limit 1
     ) p on true
     order by l.position
     on conflict (model, label_id) do nothing`,
    [
      model,
      column((label) => label.record.labelId),
      column((label) => label.record.predictionId),
      column((label) => label.record.entityHash),
      column((label) => label.record.eventTimeMs),
      column((label) => label.record.label),
      column((label) => label.knownSeq),
      column((label) => label.knownWindow),
      column((label) => new Date(label.record.receivedAtMs).toISOString()),
    ],
  );
  return rowCount ?? 0;
}
