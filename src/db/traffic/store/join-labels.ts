import type pg from 'pg';
import type { PlacedPrediction } from './copy-predictions.ts';
import type { EarlierName } from './earlier-names.ts';
import type { LogPlace } from './log-place.ts';

/**
 * Labels that came before their prediction find it now. They move to its part when they came in an earlier one: a label
 * stands in the part of its prediction or later, so that whoever looks for labels need not look before. One by
 * prediction id waits as long as ids are known, one by entity and time until its part is sealed. The lock of the stream
 * orders segments, so a label finds its prediction when it comes, or here: none is missed.
 */
export async function joinWaitingLabels(
  client: pg.PoolClient,
  model: string,
  predictions: readonly PlacedPrediction[],
  place: LogPlace & { readonly earlierName: EarlierName },
): Promise<void> {
  if (predictions.length === 0) return;
  await client.query(
    `update label l set prediction_seq = p.seq, part = $4
     from unnest($2::text[], $3::bigint[]) as p (id, seq)
     where l.model = $1 and l.prediction_seq is null and l.prediction_id = any($2) and l.prediction_id = p.id
       and l.part >= $5`,
    [
      model,
      predictions.map(({ record }) => record.predictionId),
      predictions.map(({ seq }) => seq),
      place.part,
      Math.max(place.horizon, place.floor),
    ],
  );
  const dated = firstsByEntity(predictions).flatMap((placed) => underEachName(placed, place.earlierName));
  if (dated.length === 0) return;
  await client.query(
    `update label l set prediction_id = p.id, prediction_seq = p.seq, part = $6
     from unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[]) as p (entity_hash, event_time_ms, id, seq)
     where l.model = $1 and l.prediction_id is null and l.entity_hash = p.entity_hash
       and l.event_time_ms = p.event_time_ms and l.part >= $7`,
    [
      model,
      dated.map(({ name }) => name),
      dated.map(({ placed }) => placed.record.eventTimeMs),
      dated.map(({ placed }) => placed.record.predictionId),
      dated.map(({ placed }) => placed.seq),
      place.part,
      place.floor,
    ],
  );
}

/** Of several predictions for one entity and time a label belongs to the first. */
function firstsByEntity(predictions: readonly PlacedPrediction[]): readonly PlacedPrediction[] {
  const firsts = new Map<string, PlacedPrediction>();
  for (const placed of predictions) {
    const { entityHash, eventTimeMs } = placed.record;
    if (entityHash === null || eventTimeMs === null) continue;
    const key = `${entityHash} ${eventTimeMs}`;
    if (!firsts.has(key)) firsts.set(key, placed);
  }
  return [...firsts.values()];
}

/** A label that waits since before the key bears the bare hash of its entity. */
function underEachName(placed: PlacedPrediction, earlierName: EarlierName) {
  const { entityHash } = placed.record;
  return [entityHash, earlierName(entityHash)].flatMap((name) => (name === null ? [] : [{ name, placed }]));
}
