import type pg from 'pg';
import { isNamedByArrival, type LabelRecord } from '../../../domain/record/records.ts';
import { currentLabelsOf, findPredictions, type CurrentLabel, type FoundPrediction } from './current-labels.ts';
import type { EarlierName } from './earlier-names.ts';
import type { LogPlace } from './log-place.ts';

/** A label with the point of the traffic at which it became known. */
export interface PlacedLabel {
  readonly record: LabelRecord;
  readonly knownSeq: number;
  readonly knownWindow: number;
}

/** A label that was not stored before; its prediction is null while it waits for it. */
export interface NewLabel {
  readonly labelSeq: number;
  readonly predictionId: string | null;
}

/** A label with the prediction that it is about, where that is stored. */
interface FoundLabel extends PlacedLabel, FoundPrediction {}

/**
 * Stores labels in the order in which they came and returns those that were new; repeated ids are gone by then. Each
 * finds its prediction if that is stored, by id or by entity and time. A label that nobody named and that says what is
 * current already is a repeat: it only confirms the current one. Storing the same records again, in whatever order,
 * changes nothing.
 */
export async function insertLabels(
  client: pg.PoolClient,
  model: string,
  labels: readonly PlacedLabel[],
  place: LogPlace & { readonly earlierName: EarlierName },
): Promise<readonly NewLabel[]> {
  if (labels.length === 0) return [];
  const records = labels.map(({ record }) => record);
  const predictions = await findPredictions(client, model, records, place.earlierName);
  const nothing = { predictionId: null, predictionSeq: null };
  const found = labels.map((label, index): FoundLabel => ({ ...label, ...(predictions[index] ?? nothing) }));
  const current = await currentLabelsOf(client, model, found.map(subjectOf), place.earlierName);
  const { added, confirmed } = withoutRepeats(found, current);
  await confirm(client, model, confirmed, place.floor);
  return insert(client, model, added, place.part);
}

function subjectOf({ predictionId, record }: FoundLabel) {
  return { predictionId, entityHash: record.entityHash, eventTimeMs: record.eventTimeMs };
}

/** Walks the labels in the order in which they came; `current` knows what each subject was last said to be. */
function withoutRepeats(
  labels: readonly FoundLabel[],
  current: Map<string, CurrentLabel>,
): { readonly added: readonly FoundLabel[]; readonly confirmed: ReadonlyMap<number, number> } {
  const added: FoundLabel[] = [];
  const confirmed = new Map<number, number>();
  for (const one of labels) {
    const { record } = one;
    const key = one.predictionId ?? `${record.entityHash}/${record.eventTimeMs}`;
    const last = current.get(key);
    const isNewest = last === undefined || record.receivedAtMs >= last.receivedAtMs;
    const isRepeat = isNamedByArrival(record) && last?.label === record.label;
    if (isRepeat && isNewest && last.labelSeq !== null) confirmed.set(last.labelSeq, record.receivedAtMs);
    if (!isRepeat) added.push(one);
    if (isNewest)
      current.set(key, {
        labelSeq: isRepeat ? last.labelSeq : null,
        label: record.label,
        receivedAtMs: record.receivedAtMs,
      });
  }
  return { added, confirmed };
}

/**
 * Whatever came before its repeat, and is stored after it, is older than what the repeat has said again. A label whose
 * part is being sealed stays as it is: nothing that came before it is still on its way.
 */
async function confirm(
  client: pg.PoolClient,
  model: string,
  confirmed: ReadonlyMap<number, number>,
  floor: number,
): Promise<void> {
  if (confirmed.size === 0) return;
  await client.query(
    `update label l set received_at = to_timestamp(c.at_ms / 1000)
     from unnest($2::bigint[], $3::float8[]) as c (label_seq, at_ms) where l.model = $1 and l.label_seq = c.label_seq
       and l.part >= $4`,
    [model, [...confirmed.keys()], [...confirmed.values()], floor],
  );
}

async function insert(
  client: pg.PoolClient,
  model: string,
  labels: readonly FoundLabel[],
  part: number,
): Promise<readonly NewLabel[]> {
  if (labels.length === 0) return [];
  const column = <T>(read: (label: FoundLabel) => T): T[] => labels.map(read);
  const { rows } = await client.query<{ label_seq: string; prediction_id: string | null }>(
    `insert into label (model, label_id, prediction_id, entity_hash, event_time_ms, label, known_seq, known_window,
      received_at, part, prediction_seq)
     select $1, l.label_id, l.prediction_id, l.entity_hash, l.event_time_ms, l.label, l.known_seq, l.known_window,
     to_timestamp(l.at_ms / 1000), $10, l.seq
     from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::int[], $9::float8[],
     $11::bigint[])
       with ordinality as l (label_id, prediction_id, entity_hash, event_time_ms, label, known_seq, known_window,
       at_ms, seq, position)
     order by l.position
     returning label_seq, prediction_id`,
    [
      model,
      column((label) => label.record.labelId),
      column((label) => label.predictionId),
      column((label) => label.record.entityHash),
      column((label) => label.record.eventTimeMs),
      column((label) => label.record.label),
      column((label) => label.knownSeq),
      column((label) => label.knownWindow),
      column((label) => label.record.receivedAtMs),
      part,
      column((label) => label.predictionSeq),
    ],
  );
  return rows.map((row) => ({ labelSeq: Number(row.label_seq), predictionId: row.prediction_id }));
}
