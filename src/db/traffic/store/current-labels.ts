import type pg from 'pg';
import type { LabelRecord } from '../../../domain/record/records.ts';
import { newestLabelFirst } from '../read/current-label.ts';
import type { EarlierName } from './earlier-names.ts';

/** What a prediction, or an entity at a time that has none yet, is said to be now. */
export interface CurrentLabel {
  /** Null for a label that is about to be stored. */
  readonly labelSeq: number | null;
  readonly label: string;
  readonly receivedAtMs: number;
}

/** What a label is about. */
export interface Subject {
  readonly predictionId: string | null;
  readonly entityHash: string | null;
  readonly eventTimeMs: number | null;
}

/** The prediction of a label; without a position it is not stored (yet). */
export interface FoundPrediction {
  readonly predictionId: string | null;
  readonly predictionSeq: number | null;
}

/**
 * The prediction of each label, in order. Of several rows for one entity and time the earliest is it, under whichever
 * name.
 */
export async function findPredictions(
  client: pg.PoolClient,
  model: string,
  labels: readonly LabelRecord[],
  earlierName: EarlierName,
): Promise<readonly FoundPrediction[]> {
  const { rows } = await client.query<{ id: string | null; seq: string | null }>(
    `select coalesce(l.prediction_id, p.prediction_id) as id, coalesce(named.seq, p.seq)::text as seq
     from unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) with ordinality as l (prediction_id, entity_hash,
     event_time_ms, bare_hash, position)
     left join lateral (
       select seq from prediction where model = $1 and prediction_id = l.prediction_id order by seq desc limit 1
     ) named on true
     left join lateral (
       select prediction_id, seq from prediction
       where l.prediction_id is null and model = $1 and entity_hash in (l.entity_hash, l.bare_hash)
         and event_time_ms = l.event_time_ms
       order by seq limit 1
     ) p on true
     order by l.position`,
    [
      model,
      labels.map(({ predictionId }) => predictionId),
      labels.map(({ entityHash }) => entityHash),
      labels.map(({ eventTimeMs }) => eventTimeMs),
      labels.map(({ entityHash }) => earlierName(entityHash)),
    ],
  );
  return rows.map(({ id, seq }) => ({ predictionId: id, predictionSeq: seq === null ? null : Number(seq) }));
}

type Row = { key: string; label_seq: string; label: string; at_ms: number };

/** The current label of each subject that has one, by prediction id, or by `entity hash/time` without a prediction. */
export async function currentLabelsOf(
  client: pg.PoolClient,
  model: string,
  subjects: readonly Subject[],
  earlierName: EarlierName,
): Promise<Map<string, CurrentLabel>> {
  const ids = new Set(subjects.flatMap(({ predictionId }) => predictionId ?? []));
  const waiting = subjects.filter(({ predictionId }) => predictionId === null);
  const selected = 'l.label_seq, l.label, extract(epoch from l.received_at)::float8 * 1000 as at_ms';
  const { rows: found } = await client.query<Row>(
    `select s.key, current.* from unnest($2::text[]) as s (key) join lateral (
       select ${selected} from label l where l.model = $1 and l.prediction_id = s.key ${newestLabelFirst} limit 1
     ) current on true`,
    [model, [...ids]],
  );
  const { rows: unjoined } =
    waiting.length === 0
      ? { rows: [] }
      : await client.query<Row>(
          `select s.entity_hash || '/' || s.event_time_ms as key, current.*
           from unnest($2::text[], $3::bigint[], $4::text[]) as s (entity_hash, event_time_ms, bare_hash) join lateral (
             select ${selected} from label l where l.model = $1 and l.prediction_id is null
               and l.entity_hash in (s.entity_hash, s.bare_hash) and l.event_time_ms = s.event_time_ms
               ${newestLabelFirst} limit 1
           ) current on true`,
          [
            model,
            waiting.map(({ entityHash }) => entityHash),
            waiting.map(({ eventTimeMs }) => eventTimeMs),
            waiting.map(({ entityHash }) => earlierName(entityHash)),
          ],
        );
  const current = ({ label_seq, label, at_ms }: Row): CurrentLabel => ({
    labelSeq: Number(label_seq),
    label,
    receivedAtMs: at_ms,
  });
  return new Map([...found, ...unjoined].map((row) => [row.key, current(row)]));
}
