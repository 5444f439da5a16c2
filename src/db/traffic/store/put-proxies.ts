import type pg from 'pg';
import type { ProxyRecord } from '../../../domain/record/records.ts';
import type { PlacedPrediction } from './copy-predictions.ts';

/** A proxy with the point of the traffic at which it became known. */
export interface PlacedProxy {
  readonly record: ProxyRecord;
  readonly knownSeq: number;
  readonly knownWindow: number;
}

/**
 * Stores the value of each proxy of each prediction: of several the one that was received last. Storing the same
 * records again, in whatever order, changes nothing. Law: one look-up by id for each.
 */
export async function putProxies(client: pg.PoolClient, model: string, proxies: readonly PlacedProxy[]): Promise<void> {
  if (proxies.length === 0) return;
  const newest = new Map<string, PlacedProxy>();
  for (const one of proxies) {
    const key = `${one.record.name}/${one.record.predictionId}`;
    const before = newest.get(key);
    if (before === undefined || one.record.receivedAtMs >= before.record.receivedAtMs) newest.set(key, one);
  }
  const rows = [...newest.values()];
  await client.query(
    `insert into proxy (model, name, prediction_id, prediction_seq, value, known_seq, known_window, received_at)
     select $1, v.name, v.prediction_id, p.seq, v.value, v.known_seq, v.known_window,
       to_timestamp(v.received_ms / 1000.0)
     from unnest($2::text[], $3::text[], $4::float8[], $5::bigint[], $6::int[], $7::float8[])
       as v (name, prediction_id, value, known_seq, known_window, received_ms)
     left join lateral (
       select seq from prediction where model = $1 and prediction_id = v.prediction_id order by seq desc limit 1
     ) p on true
     on conflict (model, prediction_id, name) do update
     set value = excluded.value, known_seq = excluded.known_seq, known_window = excluded.known_window,
       received_at = excluded.received_at, prediction_seq = coalesce(excluded.prediction_seq, proxy.prediction_seq)
     where excluded.received_at > proxy.received_at`,
    [
      model,
      rows.map(({ record }) => record.name),
      rows.map(({ record }) => record.predictionId),
      rows.map(({ record }) => record.value),
      rows.map(({ knownSeq }) => knownSeq),
      rows.map(({ knownWindow }) => knownWindow),
      rows.map(({ record }) => record.receivedAtMs),
    ],
  );
}

/** Proxies that came before their predictions have found them now. */
export async function joinWaitingProxies(
  client: pg.PoolClient,
  model: string,
  predictions: readonly PlacedPrediction[],
): Promise<void> {
  if (predictions.length === 0) return;
  await client.query(
    `update proxy w set prediction_seq = p.seq from unnest($2::text[], $3::bigint[]) as p (id, seq)
     where w.model = $1 and w.prediction_id = p.id and w.prediction_seq is null`,
    [model, predictions.map(({ record }) => record.predictionId), predictions.map(({ seq }) => seq)],
  );
}
